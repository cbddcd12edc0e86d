/** `metadata` of any object. */
import { phrase } from "../wording/phrase.ts";
import type { Field } from "./field.ts";
import type { ObjectMeta } from "./objects.ts";

/** kubectl's copy of the whole object: nothing reads it, and it may be larger than the rest. */
const LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration";

/** Kubernetes' names are RFC 1123 subdomains; podpath also lets capitals and underscores through. */
const NAME = /^[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?$/;
const LONGEST_NAME = 253;

/** An object without `metadata.namespace` is in `default`, as for kubectl apply. */
export function namespacedMeta(object: Field): ObjectMeta {
	const namespace = object.at("metadata").at("namespace");
	return metaIn(object, namespace.present && namespace.value !== "" ? nameIn(namespace) : "default");
}

/** For kinds that have no namespace. */
export function clusterMeta(object: Field): ObjectMeta {
	return metaIn(object, "");
}

function metaIn(object: Field, namespace: string): ObjectMeta {
	const metadata = object.at("metadata");
	return {
		name: nameIn(metadata.at("name")),
		namespace,
		labels: metadata.at("labels").texts(),
		annotations: withoutCopies(metadata.at("annotations").texts()),
		source: object.objectPosition,
	};
}

function nameIn(field: Field): string {
	const name = field.text();
	if (name === "") field.missing();
	if (name.length <= LONGEST_NAME && NAME.test(name)) return name;
	return field.mustBe(phrase("a-name"), phrase("name-letters", { most: LONGEST_NAME }));
}

function withoutCopies(annotations: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
	if (!Object.hasOwn(annotations, LAST_APPLIED)) return annotations;
	const { [LAST_APPLIED]: _, ...rest } = annotations;
	return rest;
}
