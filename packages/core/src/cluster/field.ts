/** A member of an input document with the way to it, so that whatever is wrong with it can be said with its place. */
import { type Address, parseAddress } from "../address/address.ts";
import { type Prefix, parsePrefix } from "../address/prefix.ts";
import { refuse } from "../diagnostic/diagnostic.ts";
import type { SourcePosition } from "../origin/origin.ts";
import { type Fact, type Phrase, phrase } from "../wording/phrase.ts";

export type FieldPath = readonly (string | number)[];

/** The object that fields belong to: it knows where they stand. */
export interface SourceDocument {
	/** Where the object begins, without a column: what origins quote. */
	readonly position: SourcePosition;
	/** The place of what is at this path, or of the nearest above it that is there. `key` is where its name stands. */
	locate(path: FieldPath, part: "key" | "value"): SourcePosition;
}

/** JSON and YAML objects. */
export type Members = Readonly<Record<string, unknown>>;

export class Field {
	readonly value: unknown;
	readonly #document: SourceDocument;
	readonly #parent: Field | undefined;
	readonly #key: string | number;

	constructor(value: unknown, document: SourceDocument, parent?: Field, key: string | number = "") {
		this.value = value;
		this.#document = document;
		this.#parent = parent;
		this.#key = key;
	}

	/** Whether something is there. Null means nothing, as in Kubernetes. */
	get present(): boolean {
		return this.value !== undefined && this.value !== null;
	}

	/** The member of this name, present or not. */
	at(key: string): Field {
		const members = this.members();
		return new Field(Object.hasOwn(members, key) ? members[key] : undefined, this.#document, this, key);
	}

	/** The members of an object; none where nothing is there. */
	members(): Members {
		if (!this.present) return NO_MEMBERS;
		if (typeof this.value !== "object" || Array.isArray(this.value)) this.mustBe(phrase("an-object"));
		return this.value as Members;
	}

	/** The elements of a list; none where nothing is there. */
	items(): readonly Field[] {
		if (!this.present) return [];
		if (!Array.isArray(this.value)) this.mustBe(phrase("a-list"));
		return (this.value as readonly unknown[]).map((item, index) => new Field(item, this.#document, this, index));
	}

	text(fallback = ""): string {
		if (!this.present) return fallback;
		if (typeof this.value === "string") return this.value;
		const scalar = typeof this.value === "number" || typeof this.value === "boolean";
		return this.mustBe(
			phrase("a-string"),
			scalar ? phrase("write-in-quotes", { text: String(this.value) }) : undefined,
		);
	}

	boolean(fallback: boolean): boolean {
		if (!this.present) return fallback;
		return typeof this.value === "boolean" ? this.value : this.mustBe(phrase("true-or-false"));
	}

	/** A whole number of this range. */
	integer(fallback: number, least = 0, most: number = Number.MAX_SAFE_INTEGER): number {
		if (!this.present) return fallback;
		const { value } = this;
		if (typeof value === "number" && Number.isInteger(value) && value >= least && value <= most) return value;
		const any = most === Number.MAX_SAFE_INTEGER;
		return this.mustBe(any ? phrase("whole-number") : phrase("whole-number-from", { least, most }));
	}

	oneOf<const T extends string>(allowed: readonly T[], fallback: T): T {
		if (!this.present) return fallback;
		return allowed.find((each) => each === this.value) ?? this.mustBe(phrase("one-of", { names: allowed }));
	}

	/** Labels, annotations: texts by name. */
	texts(): Readonly<Record<string, string>> {
		const members = this.members();
		for (const key in members) if (typeof members[key] !== "string") this.at(key).text();
		return members as Readonly<Record<string, string>>;
	}

	address(): Address {
		return (typeof this.value === "string" ? parseAddress(this.value) : undefined) ?? this.mustBe(phrase("an-address"));
	}

	prefix(): Prefix {
		const parsed = typeof this.value === "string" && this.value.includes("/") ? parsePrefix(this.value) : undefined;
		return parsed ?? this.mustBe(phrase("a-cidr"), phrase("as-in", { example: CIDRS }));
	}

	/** CIDRs separated by commas, as kubeadm and kube-proxy write those of two families. */
	prefixes(): readonly Prefix[] {
		const texts = this.text()
			.split(",")
			.map((text) => text.trim())
			.filter((text) => text !== "");
		return texts.map((text) => new Field(text, this.#document, this.#parent, this.#key).prefix());
	}

	path(): FieldPath {
		return this.#parent === undefined ? [] : [...this.#parent.path(), this.#key];
	}

	/** The field below or at this one that a path leads to, whether it is there or not. */
	follow(path: FieldPath): Field {
		const [key, ...rest] = path;
		if (key === undefined) return this;
		const { value } = this;
		const there = typeof value === "object" && value !== null && Object.hasOwn(value, key);
		const next = there ? (value as Record<string | number, unknown>)[key] : undefined;
		return new Field(next, this.#document, this, key).follow(rest);
	}

	where(part: "key" | "value" = "value"): SourcePosition {
		return this.#document.locate(this.path(), part);
	}

	/** Where the object that the field belongs to begins. */
	get objectPosition(): SourcePosition {
		return this.#document.position;
	}

	/** `spec.podIPs[0].ip`. */
	get label(): string {
		return this.path()
			.map((key, index) => (typeof key === "number" ? `[${key}]` : index === 0 ? key : `.${key}`))
			.join("");
	}

	/** @throws {InputError} `FIELD must be WHAT, not VALUE`. */
	mustBe(what: Phrase, hint?: Phrase): never {
		return this.must(phrase("must-be", { what }), hint);
	}

	/** @throws {InputError} `FIELD WANTED, not VALUE`. */
	must(wanted: Phrase, hint?: Phrase): never {
		const message = phrase("field-wanted", { field: this.label, wanted, shown: this.present ? show(this.value) : "" });
		return this.fail(this.present ? "bad-value" : "missing-field", message, hint);
	}

	/** @throws {InputError} `FIELD is missing`. */
	missing(hint?: Phrase): never {
		return this.fail("missing-field", phrase("is-missing", { field: this.label }), hint);
	}

	/** @throws {InputError} Placed at this field. */
	fail(code: string, message: Phrase, hint?: Phrase): never {
		refuse(code, message, this.where(), hint);
	}

	/** @throws {InputError} Placed at this field's name: it should not be there at all. */
	failAtKey(code: string, message: Phrase, hint?: Phrase): never {
		refuse(code, message, this.where("key"), hint);
	}
}

const NO_MEMBERS: Members = {};

/** How CIDRs are written. */
export const CIDRS: Phrase = phrase("or", { one: "10.0.0.0/8", other: "fd00::/64" });

/** `, not VALUE`: the value short, and told apart from the words round it. */
export function show(value: unknown): Phrase {
	return phrase("not-shown", { value: shown(value) });
}

function shown(value: unknown): Fact {
	if (Array.isArray(value)) return phrase("a-list");
	if (typeof value === "object" && value !== null) return phrase("an-object");
	const text = JSON.stringify(value) ?? String(value);
	return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}
