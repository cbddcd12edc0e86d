/** The machines of an input, to look at one. */
import type { KnownPlace } from "@podpath/core";
import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { Input } from "../../backend/backend.ts";
import { backendFor } from "../../backend/backends.ts";
import { inputKey } from "../../backend/input-key.ts";
import { formatRoute, type Route } from "../../route.ts";
import { useTextsOf } from "../../texts/language.ts";
import { STATE } from "../../texts/state.ts";

/** More are found by typing. */
const MOST = 60;

export function Machines({ input, route }: { readonly input: Input; readonly route: Route }): JSX.Element {
	const texts = useTextsOf(STATE);
	const [machines, setMachines] = useState<readonly KnownPlace[]>([]);
	useEffect(() => {
		let current = true;
		const ask = (kind: KnownPlace["kind"]): Promise<readonly KnownPlace[]> =>
			backendFor(input)
				.places(input, `${kind}/`, MOST)
				.then((found) => found.filter((each) => each.kind === kind));
		// The field above them tells what is wrong with the input.
		Promise.all([ask("node"), ask("host")]).then(
			(found) => current && setMachines(found.flat()),
			() => {},
		);
		return () => {
			current = false;
		};
	}, [inputKey(input)]);
	return (
		<>
			<p class="quiet">{texts.choose}</p>
			<ul class="machines" aria-label={texts.machines}>
				{machines.map(({ name, addresses }) => (
					<li key={name}>
						<a href={formatRoute({ ...route, params: { ...route.params, place: name } })}>{name}</a>{" "}
						<span class="quiet">{addresses.join(", ")}</span>
					</li>
				))}
			</ul>
		</>
	);
}
