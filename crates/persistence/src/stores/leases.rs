//! Leases, by which one of several instances runs a job.

use chrono::{DateTime, NaiveDateTime, Utc};
use diesel::prelude::*;
use domain::ports::{LeaseStore, StoreError};

use crate::schema::job_leases;
use crate::transaction::Transaction;

impl Transaction<'_> {
    /// Renews the holder's lease, or takes over one that has run out.
    fn take_existing(
        &mut self,
        job: &str,
        holder: &str,
        now: NaiveDateTime,
        until: NaiveDateTime,
    ) -> Result<bool, StoreError> {
        let free_for_holder = job_leases::holder
            .eq(holder)
            .or(job_leases::held_until.le(now));
        let taken = self.run(|connection| {
            diesel::update(job_leases::table.find(job).filter(free_for_holder))
                .set((
                    job_leases::holder.eq(holder),
                    job_leases::held_until.eq(until),
                ))
                .execute(connection)
        })?;
        Ok(taken > 0)
    }

    /// Takes a lease that nobody ever held. Whoever inserts second waits for the first and then
    /// finds its row.
    fn take_new(
        &mut self,
        job: &str,
        holder: &str,
        until: NaiveDateTime,
    ) -> Result<bool, StoreError> {
        let inserted = self.run(|connection| {
            diesel::insert_into(job_leases::table)
                .values((
                    job_leases::job.eq(job),
                    job_leases::holder.eq(holder),
                    job_leases::held_until.eq(until),
                ))
                .execute(connection)
        });
        match inserted {
            Ok(_) => Ok(true),
            Err(StoreError::Duplicate(_)) => Ok(false),
            Err(error) => Err(error),
        }
    }
}

impl LeaseStore for Transaction<'_> {
    fn take(
        &mut self,
        job: &str,
        holder: &str,
        now: DateTime<Utc>,
        until: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        let (now, until) = (now.naive_utc(), until.naive_utc());
        if self.take_existing(job, holder, now, until)? {
            return Ok(true);
        }
        // A failed insert would keep a lock on the other's row until the end of the transaction.
        let held: i64 =
            self.run(|connection| job_leases::table.find(job).count().get_result(connection))?;
        if held > 0 {
            return Ok(false);
        }
        self.take_new(job, holder, until)
    }

    fn release(&mut self, job: &str, holder: &str) -> Result<(), StoreError> {
        self.run(|connection| {
            diesel::delete(job_leases::table.find(job))
                .filter(job_leases::holder.eq(holder))
                .execute(connection)
        })?;
        Ok(())
    }
}
