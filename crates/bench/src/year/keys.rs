//! Secondary and foreign keys of the large tables, which are dropped while rows are loaded and made
//! anew afterwards: sorting fifteen million keys at once is many times faster than finding the
//! place of each.

use diesel::connection::SimpleConnection as _;
use diesel::deserialize::QueryableByName;
use diesel::mysql::{Mysql, MysqlConnection};
use diesel::sql_types::{BigInt, Text};
use diesel::{QueryResult, RunQueryDsl as _, sql_query};

use super::rows::LARGE;
use crate::failure::{Context as _, Failure};

/// What was dropped, so that a run that is cut short does not forget it.
const NOTES: &str = "CREATE TABLE IF NOT EXISTS bench_dropped_keys (
    table_name VARCHAR(64) NOT NULL, clause VARCHAR(500) NOT NULL, position INT NOT NULL,
    PRIMARY KEY (table_name, clause))";

#[derive(QueryableByName)]
#[diesel(check_for_backend(Mysql))]
struct Creation {
    #[diesel(sql_type = Text, column_name = "Create Table")]
    statement: String,
}

#[derive(QueryableByName)]
#[diesel(check_for_backend(Mysql))]
struct Count {
    #[diesel(sql_type = BigInt)]
    count: i64,
}

#[derive(QueryableByName)]
#[diesel(check_for_backend(Mysql))]
struct Note {
    #[diesel(sql_type = Text)]
    clause: String,
}

/// How many keys were dropped and are not made anew yet.
pub(super) fn dropped(connection: &mut MysqlConnection) -> Result<i64, Failure> {
    let doing = "reading which keys were dropped";
    connection.batch_execute(NOTES).context(doing)?;
    let count = sql_query("SELECT COUNT(*) AS count FROM bench_dropped_keys");
    let count: Count = count.get_result(connection).context(doing)?;
    Ok(count.count)
}

/// Drops the keys of all large tables and notes what they were.
pub(super) fn drop_all(connection: &mut MysqlConnection) -> Result<(), Failure> {
    connection
        .batch_execute(NOTES)
        .context("making a table of dropped keys")?;
    for table in LARGE {
        drop_of(connection, table).context(format!("dropping the keys of {table}"))?;
    }
    Ok(())
}

fn drop_of(connection: &mut MysqlConnection, table: &str) -> QueryResult<()> {
    let clauses = keys(connection, table)?;
    if clauses.is_empty() {
        return Ok(());
    }
    for (position, clause) in clauses.iter().enumerate() {
        // The clause is the server's own text of one of our migrations.
        let quoted = clause.replace('\'', "''");
        connection.batch_execute(&format!(
            "INSERT INTO bench_dropped_keys (table_name, clause, position)
             VALUES ('{table}', '{quoted}', {position})
             ON DUPLICATE KEY UPDATE clause = clause"
        ))?;
    }
    let drops: Vec<String> = clauses.iter().map(|clause| drop_clause(clause)).collect();
    connection.batch_execute(&format!("ALTER TABLE {table} {}", drops.join(", ")))
}

/// Makes the keys of `table` that were dropped and are not there anew; how many there were.
pub(super) fn restore(connection: &mut MysqlConnection, table: &str) -> Result<usize, Failure> {
    let doing = format!("making the keys of {table}");
    let notes = format!(
        "SELECT clause FROM bench_dropped_keys WHERE table_name = '{table}' ORDER BY position"
    );
    let notes: Vec<Note> = sql_query(notes).load(connection).context(&doing)?;
    let there = keys(connection, table).context(&doing)?;
    let missing: Vec<String> = notes
        .into_iter()
        .map(|note| note.clause)
        .filter(|clause| !there.contains(clause))
        .collect();
    if !missing.is_empty() {
        let adds: Vec<String> = missing
            .iter()
            .map(|clause| format!("ADD {clause}"))
            .collect();
        let statement = format!("ALTER TABLE {table} {}", adds.join(", "));
        connection
            .batch_execute(&format!("SET SESSION foreign_key_checks = 0; {statement}"))
            .context(&doing)?;
    }
    connection
        .batch_execute(&format!(
            "DELETE FROM bench_dropped_keys WHERE table_name = '{table}'"
        ))
        .context(doing)?;
    Ok(missing.len())
}

/// The clauses of `SHOW CREATE TABLE` that define secondary and foreign keys.
fn keys(connection: &mut MysqlConnection, table: &str) -> QueryResult<Vec<String>> {
    let creation: Creation =
        sql_query(format!("SHOW CREATE TABLE {table}")).get_result(connection)?;
    let lines = creation
        .statement
        .lines()
        .map(|line| line.trim().trim_end_matches(','));
    Ok(lines
        .filter(|line| is_key(line))
        .map(str::to_owned)
        .collect())
}

fn is_key(line: &str) -> bool {
    line.starts_with("KEY ")
        || line.starts_with("UNIQUE KEY ")
        || line.starts_with("CONSTRAINT ") && line.contains(" FOREIGN KEY ")
}

fn drop_clause(clause: &str) -> String {
    let name = clause.split('`').nth(1).unwrap_or_default();
    let kind = if clause.starts_with("CONSTRAINT") {
        "FOREIGN KEY"
    } else {
        "KEY"
    };
    format!("DROP {kind} `{name}`")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_told_from_columns_and_checks() {
        assert!(is_key("UNIQUE KEY `uk_orders_number` (`number`)"));
        assert!(is_key(
            "CONSTRAINT `fk` FOREIGN KEY (`a`) REFERENCES `b` (`id`)"
        ));
        for other in [
            "PRIMARY KEY (`id`)",
            "`id` binary(16)",
            "CONSTRAINT `ck` CHECK (`a` > 0)",
        ] {
            assert!(!is_key(other), "{other}");
        }
        assert_eq!(drop_clause("KEY `ix_a` (`a`,`b`)"), "DROP KEY `ix_a`");
        let foreign = "CONSTRAINT `fk_a` FOREIGN KEY (`a`) REFERENCES `b` (`id`)";
        assert_eq!(drop_clause(foreign), "DROP FOREIGN KEY `fk_a`");
    }
}
