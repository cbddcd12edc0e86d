/**
 * The worker that can do everything: it also diagnoses, checks scenarios, and knows the catalogue of faults and the modes side by side. It is
 * one of its own: a link to a path must not wait for what only these need, and a path is answered while a whole cluster is
 * looked through.
 */
import { modeProfiles } from "@podpath/core";
import { diagnosisOf } from "./diagnosis.ts";
import { differencesOf } from "./differences.ts";
import { Engine } from "./engine.ts";
import { faultyCluster } from "./faults.ts";
import { serve } from "./serve.ts";

serve(new Engine({ diagnosisOf, differencesOf, faultyCluster, modeProfiles }));
