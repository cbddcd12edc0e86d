/** A component whose code comes when it is first wanted. */
import type { ComponentType, JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { useTexts } from "../texts/language.ts";
import { Problem } from "./problem.tsx";

interface Props<P> {
	/** The same function each time: another one is another component. */
	readonly load: () => Promise<ComponentType<P>>;
	readonly props: P;
}

export function Loaded<P extends object>({ load, props }: Props<P>): JSX.Element {
	const texts = useTexts();
	const [component, setComponent] = useState<{ readonly of: ComponentType<P> } | null>(null);
	const [failed, setFailed] = useState(false);
	const [attempt, setAttempt] = useState(0);
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
	}, [load, attempt]);
	if (failed) {
		const away = { code: "server-away", message: texts.server.away };
		return <Problem problem={away} retry={() => setAttempt(attempt + 1)} />;
	}
	if (component === null) return <p class="quiet">{texts.loading}</p>;
	return <component.of {...props} />;
}
