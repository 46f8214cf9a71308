//! Who may see whom.

use std::collections::BTreeSet;

use super::graph::Graph;

/// Each crate of ours and what it may reach. A new crate has to be put in its place here.
const MAY_REACH: [(&str, &[&str]); 13] = [
    ("domain", &[]),
    ("persistence", &["domain"]),
    ("gateways", &["domain"]),
    ("jobs", &["domain"]),
    ("api-kit", &["domain"]),
    (
        "assembly",
        &["domain", "api-kit", "persistence", "gateways"],
    ),
    (
        "tourist-api",
        &["domain", "api-kit", "assembly", "persistence", "gateways"],
    ),
    (
        "admin-api",
        &[
            "jobs",
            "assembly",
            "domain",
            "api-kit",
            "persistence",
            "gateways",
        ],
    ),
    ("manage", &ALL_BUT_THE_APIS),
    // Of the gateways only the clock, so that it tells the same time as the services.
    ("wechat-sandbox", &["domain", "gateways"]),
    ("journeys", &ALL),
    ("bench", &ALL),
    // It installs what the others need to be built.
    ("xtask", &[]),
];

const ALL_BUT_THE_APIS: [&str; 7] = [
    "domain",
    "persistence",
    "gateways",
    "jobs",
    "api-kit",
    "assembly",
    "wechat-sandbox",
];

/// Also the only ones that may depend on an API crate.
const ALL: [&str; 10] = [
    "domain",
    "persistence",
    "gateways",
    "jobs",
    "api-kit",
    "assembly",
    "wechat-sandbox",
    "tourist-api",
    "admin-api",
    "manage",
];

/// What the domain must not reach however indirectly: it does no I/O, knows no wire format and
/// is not asynchronous.
const NOT_BENEATH_THE_DOMAIN: [&str; 5] = ["actix-web", "diesel", "reqwest", "serde", "tokio"];

/// One line for each crate that reaches what it may not, or that nobody has put in its place.
pub(crate) fn between_crates(graph: &Graph) -> Vec<String> {
    let mut violations = Vec::new();
    for member in graph.members() {
        let Some((_, allowed)) = MAY_REACH.iter().find(|(name, _)| *name == member) else {
            violations.push(format!(
                "{member} has no layer yet: add it to crates/xtask/src/layers/rules.rs"
            ));
            continue;
        };
        let reached = graph.reached_from(member);
        let too_far = reached.into_iter().filter(|name| !allowed.contains(name));
        violations.extend(too_far.map(|name| format!("{member} must not depend on {name}")));
    }
    violations
}

/// One line for each forbidden crate in the domain's tree, as `cargo tree` prints it:
/// `name v1.2.3` and perhaps more, one crate a line.
pub(crate) fn beneath_the_domain(tree: &str) -> Vec<String> {
    let reached: BTreeSet<&str> = tree
        .lines()
        .filter_map(|line| line.split_whitespace().next())
        .collect();
    NOT_BENEATH_THE_DOMAIN
        .iter()
        .filter(|name| reached.contains(**name))
        .map(|name| format!("domain must not reach {name} (`cargo tree -p domain -i {name}`)"))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::graph::fabricated;
    use super::*;

    #[test]
    fn the_drawing_itself_is_allowed() {
        let edges: Vec<_> = MAY_REACH
            .iter()
            .flat_map(|(from, allowed)| allowed.iter().map(|to| (*from, *to, None)))
            .collect();
        let members: Vec<_> = MAY_REACH.iter().map(|(name, _)| *name).collect();
        let graph = fabricated(&members, &edges);
        assert_eq!(between_crates(&graph), Vec::<String>::new());
    }

    #[test]
    fn a_step_up_is_found_however_indirect() {
        let graph = fabricated(
            &["domain", "persistence", "api-kit", "tourist-api"],
            &[
                ("tourist-api", "api-kit", None),
                ("api-kit", "persistence", None),
                ("persistence", "domain", None),
            ],
        );
        assert_eq!(
            between_crates(&graph),
            ["api-kit must not depend on persistence"]
        );
    }

    #[test]
    fn nobody_but_journeys_and_bench_sees_an_api() {
        let graph = fabricated(
            &["manage", "tourist-api", "admin-api", "journeys"],
            &[
                ("manage", "tourist-api", None),
                ("admin-api", "tourist-api", None),
                ("journeys", "tourist-api", None),
            ],
        );
        assert_eq!(
            between_crates(&graph),
            [
                "admin-api must not depend on tourist-api",
                "manage must not depend on tourist-api"
            ]
        );
    }

    #[test]
    fn what_only_tests_need_is_free() {
        let graph = fabricated(
            &["gateways", "wechat-sandbox"],
            &[("gateways", "wechat-sandbox", Some("dev"))],
        );
        assert!(between_crates(&graph).is_empty());
    }

    #[test]
    fn a_crate_without_a_layer_is_told_apart() {
        let violations = between_crates(&fabricated(&["novelty"], &[]));
        assert!(
            violations
                .first()
                .unwrap()
                .starts_with("novelty has no layer")
        );
    }

    #[test]
    fn the_domain_stays_pure() {
        let pure = "domain v0.1.0 (/w/domain)\nchrono v0.4.45\nserde_core v1.0.0\n";
        assert!(beneath_the_domain(pure).is_empty());
        let impure = format!("{pure}tokio v1.54.0\nserde v1.0.0 (*)\n");
        assert_eq!(beneath_the_domain(&impure).len(), 2);
    }
}
