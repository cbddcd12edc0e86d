/** ECS instance types, as DescribeInstanceTypes answers; a few are known, and others can be given as such an answer. */

import { Field } from "../cluster/field.ts";
import type { InputDocument, ManifestFile } from "../cluster/input/document.ts";
import { documentsIn } from "../cluster/input/objects.ts";
import type { Node } from "../cluster/objects.ts";
import { suggest } from "../diagnostic/closest.ts";
import { refuse } from "../diagnostic/diagnostic.ts";
import { phrase } from "../wording/phrase.ts";
import known from "./instance-types.json" with { type: "json" };

export interface InstanceType {
	readonly id: string;
	/** EniQuantity: cards that the instance itself can have, the primary one among them. */
	readonly enis: number;
	/** EniTotalQuantity: with the members of trunks. Null: the answer does not say. */
	readonly totalEnis: number | null;
	/** EniPrivateIpAddressQuantity: IPv4 addresses of one ENI. */
	readonly addressesPerEni: number;
	/** EniTrunkSupported. Null: the answer does not say. */
	readonly trunk: boolean | null;
	/** Where the numbers are from. */
	readonly source: string;
}

/** By id. */
export type InstanceTypes = ReadonlyMap<string, InstanceType>;

/** What podpath comes with. */
export function knownInstanceTypes(): InstanceTypes {
	return instanceTypesOf([{ name: "instance-types.json", text: JSON.stringify(known) }]);
}

/**
 * Raw answers of DescribeInstanceTypes, in JSON: one or many, pages of one answer among them.
 * @throws {InputError} For the first thing that is wrong, with its file, line and column.
 */
export function instanceTypesOf(files: readonly ManifestFile[]): InstanceTypes {
	const types = new Map<string, InstanceType>();
	for (const file of files) {
		for (const document of documentsIn(file)) {
			for (const each of answersIn(document)) {
				const type = instanceTypeOf(each, file.name);
				types.set(type.id, type);
			}
		}
	}
	return types;
}

/** `{"InstanceTypes":{"InstanceType":[…]}}`; SDKs leave the inner level out. */
function answersIn(document: InputDocument): readonly Field[] {
	const { file, line } = document.locate([], "value");
	const root = new Field(document.value, { position: { file, line }, locate: document.locate.bind(document) });
	const answers = Array.isArray(document.value) ? root.items() : [root];
	return answers.flatMap((answer) => {
		const types = answer.at("InstanceTypes");
		if (!types.present) {
			types.missing(phrase("answer-as-it-is"));
		}
		return Array.isArray(types.value) ? types.items() : types.at("InstanceType").items();
	});
}

const MOST = 1_000_000;

function instanceTypeOf(field: Field, file: string): InstanceType {
	const count = (name: string, least: number): number => {
		const each = field.at(name);
		return each.present ? each.integer(0, least, MOST) : each.missing();
	};
	const id = field.at("InstanceTypeId").text();
	if (id === "") field.at("InstanceTypeId").missing();
	const enis = count("EniQuantity", 1);
	const total = field.at("EniTotalQuantity");
	const totalEnis = total.present ? total.integer(0, 0, MOST) : null;
	if (totalEnis !== null && totalEnis < enis) {
		total.fail("bad-value", phrase("less-than-enis", { field: total.label, id, total: totalEnis, enis }));
	}
	const trunk = field.at("EniTrunkSupported");
	return {
		id,
		enis,
		totalEnis,
		addressesPerEni: count("EniPrivateIpAddressQuantity", 1),
		trunk: trunk.present ? trunk.boolean(false) : null,
		source: field.at("Source").text(file),
	};
}

/**
 * `of` is the node that is of this type.
 * @throws {InputError} With names that are close, for a type that is not among them.
 */
export function findInstanceType(id: string, types: InstanceTypes, of?: Node): InstanceType {
	const found = types.get(id);
	if (found !== undefined) return found;
	const message =
		of === undefined
			? phrase("instance-type-unknown", { id })
			: phrase("node-type-unknown", { node: `node/${of.name}`, id });
	const hint = suggest(id, types.keys()) ?? phrase("known-types", { names: [...types.keys()] });
	return refuse("unknown-instance-type", message, of?.source, hint);
}
