//! Tables in a terminal.

/// Lines up columns, the first row being their headings.
pub(crate) fn aligned<const COLUMNS: usize>(rows: &[[String; COLUMNS]]) -> String {
    let mut widths = [0; COLUMNS];
    for row in rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = cell_width(cell).max(*width);
        }
    }
    let mut text = String::new();
    for row in rows {
        let mut line = String::new();
        for (cell, width) in row.iter().zip(widths) {
            let padding = width.saturating_sub(cell_width(cell)).saturating_add(2);
            line.push_str(cell);
            line.extend(std::iter::repeat_n(' ', padding));
        }
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text
}

/// How many columns of a terminal a text takes: Chinese characters take two.
fn cell_width(text: &str) -> usize {
    text.chars()
        .map(|character| if character < '\u{2e80}' { 1 } else { 2 })
        .sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_line_up_and_lines_end_where_their_text_ends() {
        let rows = [["name", "places", ""], ["故宫", "7", "x"]].map(|row| row.map(str::to_owned));
        assert_eq!(aligned(&rows), "name  places\n故宫  7       x\n");
    }
}
