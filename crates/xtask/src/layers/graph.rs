//! The part of `cargo metadata --no-deps` that tells which of our crates depends on which.
//!
//! Only a crate of ours can depend on one of ours, so the rest of the world is not needed; with
//! it, cargo would download the crates of every platform there is.

use std::collections::BTreeSet;

use serde::Deserialize;

/// Our crates.
#[derive(Deserialize)]
pub(crate) struct Graph {
    packages: Vec<Package>,
}

#[derive(Deserialize)]
struct Package {
    name: String,
    dependencies: Vec<Dependency>,
}

#[derive(Deserialize)]
struct Dependency {
    name: String,
    /// `null` is an ordinary dependency; the others are "dev" and "build".
    kind: Option<String>,
    /// The folder of a crate that comes from no registry.
    path: Option<String>,
}

impl Graph {
    /// The names of our crates.
    pub(crate) fn members(&self) -> BTreeSet<&str> {
        self.packages
            .iter()
            .map(|package| package.name.as_str())
            .collect()
    }

    /// The crates of ours that one of them reaches through ordinary dependencies, over any
    /// number of steps. What tests need (dev) never ships, and is not looked at.
    pub(crate) fn reached_from<'a>(&'a self, from: &'a str) -> BTreeSet<&'a str> {
        let mut waiting = vec![from];
        let mut seen = BTreeSet::new();
        while let Some(name) = waiting.pop() {
            let fresh = self.used_by(name).filter(|next| seen.insert(*next));
            waiting.extend(fresh);
        }
        seen
    }

    fn used_by(&self, name: &str) -> impl Iterator<Item = &str> {
        self.packages
            .iter()
            .filter(move |package| package.name == name)
            .flat_map(|package| &package.dependencies)
            .filter(|used| used.path.is_some() && used.kind.is_none())
            .map(|used| used.name.as_str())
    }
}

/// A graph for tests: our crates, and edges as `(from, to, kind)`.
#[cfg(test)]
pub(crate) fn fabricated(members: &[&str], edges: &[(&str, &str, Option<&str>)]) -> Graph {
    use serde_json::json;
    let packages: Vec<_> = members
        .iter()
        .map(|name| {
            let used = edges.iter().filter(|(from, ..)| from == name);
            let used = used.map(|(_, to, kind)| {
                let path = members.contains(to).then(|| format!("/w/crates/{to}"));
                json!({"name": to, "kind": kind, "path": path})
            });
            json!({"name": name, "dependencies": used.collect::<Vec<_>>()})
        })
        .collect();
    serde_json::from_value(json!({"packages": packages})).unwrap()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reaches_over_ordinary_dependencies_among_our_own() {
        let graph = fabricated(
            &["a", "b", "c", "d", "e"],
            &[
                ("a", "b", None),
                ("b", "c", None),
                ("c", "a", None),
                ("b", "stranger", None),
                ("a", "d", Some("dev")),
                ("a", "e", Some("build")),
            ],
        );
        assert_eq!(graph.reached_from("a"), BTreeSet::from(["a", "b", "c"]));
        assert_eq!(graph.reached_from("d"), BTreeSet::new());
    }
}
