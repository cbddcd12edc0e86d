/** Who put an entry there: Contiv, for an object. */
export function contivOrigin(object: string): { readonly component: string; readonly object: string } {
	return { component: "contiv", object };
}
