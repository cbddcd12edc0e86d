/** Keys that move the packet. */
import { useEffect } from "preact/hooks";

/**
 * The arrow keys move the packet, unless something else that takes them has the focus; L leads to the step with which it ends, C to
 * the one at which the cause of that shows.
 */
export function useStepKeys(
	goTo: (index: number) => void,
	current: number,
	count: number,
	{ end, cause }: { readonly end: number | null; readonly cause: number | null } = { end: null, cause: null },
): void {
	useEffect(() => {
		const press = (event: KeyboardEvent): void => {
			if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
			if (event.target instanceof HTMLElement && event.target.closest("input,select,textarea,dialog") !== null) return;
			const targets = { ArrowLeft: current - 1, ArrowRight: current + 1, Home: 0, End: count - 1, L: end, C: cause };
			const key = event.key.length === 1 ? event.key.toUpperCase() : event.key;
			const target = targets[key as keyof typeof targets] ?? null;
			if (target === null) return;
			event.preventDefault();
			goTo(target);
		};
		addEventListener("keydown", press);
		return () => removeEventListener("keydown", press);
	});
}
