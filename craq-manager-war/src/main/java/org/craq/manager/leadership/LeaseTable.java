package org.craq.manager.leadership;

import org.craq.core.leadership.LeaseRecord;

/** The row that managers compete for. Any exception means that the outcome is unknown. */
public interface LeaseTable {
    /** The row as committed last. */
    LeaseRecord read();

    /**
     * Compare-and-set in one statement. What is written is durable on return.
     *
     * @param beat the beat that the row must still have; the next record's is this one plus 1
     * @return false when the row has another beat; nothing has changed then
     */
    boolean replace(long beat, LeaseRecord next);
}
