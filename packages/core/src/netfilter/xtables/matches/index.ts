export type Match = { readonly kind: "placeholder" };
