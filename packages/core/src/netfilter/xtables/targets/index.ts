export type Target = { readonly kind: "placeholder" };
