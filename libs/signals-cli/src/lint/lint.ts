import type { SignalMap } from '../model/index.js';
import type { Report, ReportedFinding, SuppressedFinding } from './report.js';
import type { Finding, Rule, Severity } from './rule.js';
import { suppressionAt, suppressionsIn, type Suppression } from './suppressions.js';
import { wrongSuppression } from './wrong-suppression.js';

export type Severities = Readonly<Record<string, 'off' | Severity>>;

/** Asks every rule that is not switched off; what is allowed with a reason is kept apart. */
export function lint(map: SignalMap, rules: readonly Rule[], severities: Severities): Report {
  const asked = rules.filter(({ id }) => severities[id] !== 'off');
  const found = asked.flatMap((rule) =>
    rule.find(map).map((finding) => reported(rule, finding, severities)),
  );
  const suppressions = map.code ? suppressionsIn(map.code) : [];
  const used = new Set<Suppression>();
  const findings: ReportedFinding[] = [];
  const suppressed: SuppressedFinding[] = [];
  for (const finding of found) {
    const { place, rule } = finding;
    const suppression = place && map.code && suppressionAt(place, rule, suppressions, map.code);
    if (suppression) used.add(suppression);
    if (suppression?.reason) suppressed.push({ ...finding, reason: suppression.reason });
    else findings.push(finding);
  }
  if (severities[wrongSuppression.id] !== 'off') {
    const isAsked = ({ rule }: Suppression): boolean => asked.some(({ id }) => id === rule);
    const wrong = suppressions.filter((each) => !each.reason || (isAsked(each) && !used.has(each)));
    findings.push(...wrong.map((each) => wrongSuppression.finding(each)));
  }
  return { findings: findings.toSorted(byPlace), suppressed: suppressed.toSorted(byPlace) };
}

function reported(
  { id, severity }: Rule,
  finding: Finding,
  severities: Severities,
): ReportedFinding {
  const chosen = severities[id];
  const { place, message } = finding;
  return {
    rule: id,
    severity: chosen === 'off' || chosen === undefined ? (finding.severity ?? severity) : chosen,
    place,
    message,
  };
}

function byPlace(one: ReportedFinding, other: ReportedFinding): number {
  const files = (one.place?.file ?? '').localeCompare(other.place?.file ?? '');
  return files || (one.place?.line ?? 0) - (other.place?.line ?? 0);
}
