export type Words = { readonly placeholder: true };
