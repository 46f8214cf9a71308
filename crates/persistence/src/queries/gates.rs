//! Gates.

use domain::gate::Gate;
use domain::id::GateId;
use domain::ports::{GateQueries, StoreError};

use super::MysqlQueries;
use crate::stores::gates;

impl GateQueries for MysqlQueries {
    fn gate(&self, id: GateId) -> Result<Option<Gate>, StoreError> {
        let row = self.run(|connection| gates::find(connection, id))?;
        row.map(Gate::try_from).transpose()
    }

    fn gates(&self) -> Result<Vec<Gate>, StoreError> {
        let rows = self.run(gates::all)?;
        rows.into_iter().map(Gate::try_from).collect()
    }
}
