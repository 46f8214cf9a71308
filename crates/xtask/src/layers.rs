//! `cargo xtask layers`: which crate may see which. The drawing is in docs/ARCHITECTURE.md;
//! this is what holds it.

mod graph;
mod rules;
mod sources;

use crate::failure::{Context as _, Failure};
use crate::workspace;
use graph::Graph;

/// Fails with every line that crosses a layer.
pub(crate) fn run() -> Result<(), Failure> {
    let metadata = workspace::metadata()?;
    let graph: Graph =
        serde_json::from_str(&metadata).context("reading what cargo metadata printed")?;
    let mut violations = rules::between_crates(&graph);
    if graph.members().contains("domain") {
        violations.extend(rules::beneath_the_domain(&tree_of_the_domain()?));
    }
    violations.extend(sources::violations(&workspace::root())?);
    if violations.is_empty() {
        println!("The layers hold.");
        return Ok(());
    }
    Err(Failure::new(format!(
        "the layers do not hold (docs/ARCHITECTURE.md says who may see whom):\n  {}",
        violations.join("\n  ")
    )))
}

/// Asked of `cargo tree`, which looks at one crate by itself: in `cargo metadata`, features
/// that others turn on would make the domain seem to reach what only they reach.
fn tree_of_the_domain() -> Result<String, Failure> {
    let mut command = workspace::cargo();
    command.args(["tree", "--package", "domain", "--edges", "normal"]);
    command.args(["--prefix", "none", "--format", "{p}"]);
    workspace::output(&mut command, "cargo tree")
}
