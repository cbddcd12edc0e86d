/** The commands. What they need to run is loaded when one of them runs: `--help` stays quick. */
import { type Application, buildApplication, buildRouteMap, text_en } from "@stricli/core";
import { atlasRoutes } from "./atlas/routes.ts";
import { capacityCommand } from "./capacity/command.ts";
import type { Context } from "./cli-process.ts";
import { collectCommand } from "./collect/command.ts";
import { completeCommand, completionRoutes } from "./completion/routes.ts";
import { diagnoseCommand } from "./diagnose/command.ts";
import { diffCommand } from "./diff/command.ts";
import { explainCommand } from "./explain/command.ts";
import { keeperCommand, labRoutes } from "./lab/routes.ts";
import { chooseCommand, modesCommand } from "./modes/command.ts";
import { podNetworkingCommand } from "./podnetworking/command.ts";
import { schemaCommand } from "./schema-command.ts";
import { serveCommand } from "./serve/command.ts";
import { siteCommand } from "./serve/site-command.ts";
import { version } from "./version.ts";

const DESCRIPTION = `Which way does a packet go in a Kubernetes network, there and back, and why?

EXAMPLES
  podpath explain pod/default/centos service/default/nginx:80 -f cluster/
  podpath explain 10.244.1.7 10.96.0.10:53 --protocol udp --snapshot DIR --at node/a
  podpath collect --local -o snapshot.tar.gz
  podpath explain --scenario flannel-vpc/001-2.2 -o svg > path.svg
  podpath diagnose pod/default/a service/default/b:80 --snapshot DIR -f cluster.yaml
  podpath diff before/ after/
  podpath atlas check
  podpath lab explain pod/default/a service/default/b:80 -f cluster.yaml
  podpath capacity --instance-type ecs.g7.xlarge --mode terway-trunk
  podpath podnetworking pod/default/a -f cluster.yaml
  podpath serve -f cluster.yaml
  podpath modes
  podpath choose --bgp --different-segments
  podpath schema explanation

EXIT STATUS
  0 yes (delivered, passed)   1 no   2 the question or the input is wrong   3 could not decide
  4 podpath or the machine failed   130 interrupted`;

export function application(): Application<Context> {
	const root = buildRouteMap({
		routes: {
			explain: explainCommand,
			collect: collectCommand,
			diagnose: diagnoseCommand,
			diff: diffCommand,
			atlas: atlasRoutes,
			lab: labRoutes,
			capacity: capacityCommand,
			podnetworking: podNetworkingCommand,
			serve: serveCommand,
			site: siteCommand,
			modes: modesCommand,
			choose: chooseCommand,
			schema: schemaCommand,
			completion: completionRoutes,
			__complete: completeCommand,
			"__lab-keeper": keeperCommand,
		},
		docs: {
			brief: "Which way does a packet go in a Kubernetes network, there and back, and why?",
			fullDescription: DESCRIPTION,
			hideRoute: { __complete: true, "__lab-keeper": true },
		},
	});
	return buildApplication(root, {
		name: "podpath",
		versionInfo: { getCurrentVersion: () => Promise.resolve(version()) },
		scanner: { caseStyle: "allow-kebab-for-camel", allowArgumentEscapeSequence: true },
		documentation: {
			caseStyle: "convert-camel-to-kebab",
			useAliasInUsageLine: true,
			onlyRequiredInUsageLine: true,
			disableAnsiColor: true,
		},
		localization: { text: text_en },
	});
}
