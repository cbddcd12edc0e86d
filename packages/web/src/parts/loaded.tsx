/** A component whose code comes when it is first wanted. */
import type { ComponentType, JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { useTexts } from "../texts/language.ts";
import { Notice } from "./notice.tsx";

interface Props<P> {
	/** The same function each time: another one is another component. */
	readonly load: () => Promise<ComponentType<P>>;
	readonly props: P;
}

export function Loaded<P extends object>({ load, props }: Props<P>): JSX.Element {
	const texts = useTexts();
	const [component, setComponent] = useState<{ readonly of: ComponentType<P> } | null>(null);
	const [failed, setFailed] = useState(false);
	useEffect(() => {
		setComponent(null);
		setFailed(false);
		let current = true;
		load().then(
			(of) => current && setComponent({ of }),
			() => current && setFailed(true),
		);
		return () => {
			current = false;
		};
	}, [load]);
	if (failed) return <Notice tone="bad">{texts.server.away}</Notice>;
	if (component === null) return <p class="quiet">{texts.loading}</p>;
	return <component.of {...props} />;
}
