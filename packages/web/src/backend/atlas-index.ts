/** The atlas' index, fetched once. */
import type { AtlasIndex } from "@podpath/core";
import { useEffect, useState } from "preact/hooks";
import { fetchJson } from "./http.ts";

let index: Promise<AtlasIndex> | null = null;

function atlasIndex(): Promise<AtlasIndex> {
	index ??= fetchJson<AtlasIndex>("atlas.json");
	index.catch(() => {
		index = null;
	});
	return index;
}

/** Null while it is on its way; nothing is fetched unless it is wanted. */
export function useAtlasIndex(wanted: boolean): AtlasIndex | null {
	const [found, setFound] = useState<AtlasIndex | null>(null);
	useEffect(() => {
		if (wanted) atlasIndex().then(setFound, () => {});
	}, [wanted]);
	return found;
}
