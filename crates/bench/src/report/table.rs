//! The table of the report.

use comfy_table::presets::UTF8_FULL_CONDENSED;
use comfy_table::{ContentArrangement, Table};

use crate::scenario::Line;

/// Wide enough for most lines, narrow enough for most terminals.
const WIDTH: u16 = 150;

/// Every line with its verdict; a short run has none.
pub(super) fn text(lines: &[Line], short: bool) -> String {
    let mut table = Table::new();
    table
        .load_style(UTF8_FULL_CONDENSED)
        .set_content_arrangement(ContentArrangement::Dynamic)
        .set_width(WIDTH)
        .set_header([
            "#", "scenario", "figure", "against", "ratio", "target", "verdict",
        ]);
    for line in lines {
        table.add_row([
            line.target.to_owned(),
            line.what.clone(),
            line.figure.clone(),
            line.against.clone(),
            line.ratio
                .map_or_else(String::new, |ratio| format!("{ratio:.2} ×")),
            line.wanted.clone(),
            verdict(line, short).to_owned(),
        ]);
    }
    table.to_string()
}

fn verdict(line: &Line, short: bool) -> &'static str {
    match line.met {
        None => "",
        Some(_) if short => "too short to say",
        Some(true) => "met",
        Some(false) => "NOT MET",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_tells_figure_ratio_target_and_verdict() {
        let line = || Line::plain("sale start", "9000/s").at_least("P1", 8.0, 7.5);
        let shown = text(&[line()], false);
        for part in ["P1", "sale start", "9000/s", "7.50 ×", "≥ 8 ×", "NOT MET"] {
            assert!(shown.contains(part), "{part} in {shown}");
        }
        assert!(text(&[line()], true).contains("too short to say"));
    }
}
