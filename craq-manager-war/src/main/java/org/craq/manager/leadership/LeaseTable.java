package org.craq.manager.leadership;

import org.craq.core.leadership.LeaseRecord;

/** The lease row that managers compete for. After any exception the outcome is unknown. */
public interface LeaseTable {
    /** Reads the row as committed last. */
    LeaseRecord read();

    /**
     * Replaces the row by a compare-and-set in one statement. What is written is durable on return.
     *
     * @param beat the beat that the row must still have; that of the next record is one higher
     * @return false if the row has another beat; nothing has changed then
     */
    boolean replace(long beat, LeaseRecord next);
}
