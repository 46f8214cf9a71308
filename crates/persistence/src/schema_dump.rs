//! The schema as text, as `docs/schema.sql` holds it.

use diesel::mysql::MysqlConnection;
use diesel::prelude::*;
use diesel::sql_types::Text;

use crate::migrate::MigrationFailed;

#[derive(QueryableByName)]
struct TableName {
    #[diesel(sql_type = Text)]
    name: String,
}

#[derive(QueryableByName)]
struct Creation {
    #[diesel(sql_type = Text, column_name = "Create Table")]
    statement: String,
}

/// The statements that make the tables of the database at `url`, in the order of their names; the
/// same text for the same schema, whatever the tables hold. Migrations' own table is left out.
///
/// # Errors
/// If the server cannot be reached or refuses a statement.
pub fn schema_dump(url: &str) -> Result<String, MigrationFailed> {
    let mut connection = MysqlConnection::establish(url)?;
    Ok(creations(&mut connection)?.join("\n"))
}

/// The statement that makes each table, ended by a semicolon and a line feed.
pub(crate) fn creations(connection: &mut MysqlConnection) -> QueryResult<Vec<String>> {
    let tables: Vec<TableName> = diesel::sql_query(
        "SELECT table_name AS name FROM information_schema.tables
         WHERE table_schema = DATABASE() AND table_type = 'BASE TABLE'
           AND table_name <> '__diesel_schema_migrations'
         ORDER BY table_name",
    )
    .load(connection)?;
    tables
        .iter()
        .map(|table| {
            let show = format!("SHOW CREATE TABLE `{}`", table.name);
            let Creation { statement } = diesel::sql_query(show).get_result(connection)?;
            Ok(format!("{};\n", without_counter(&statement)))
        })
        .collect()
}

/// Leaves out ` AUTO_INCREMENT=17`, which is data.
fn without_counter(statement: &str) -> String {
    let Some((before, after)) = statement.rsplit_once(" AUTO_INCREMENT=") else {
        return statement.to_owned();
    };
    format!(
        "{before}{}",
        after.trim_start_matches(|c: char| c.is_ascii_digit())
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_counter_of_a_table_is_no_schema() {
        let statement = "CREATE TABLE `a` (...) ENGINE=InnoDB AUTO_INCREMENT=17 DEFAULT X";
        let without = "CREATE TABLE `a` (...) ENGINE=InnoDB DEFAULT X";
        assert_eq!(without_counter(statement), without);
        assert_eq!(without_counter(without), without);
    }
}
