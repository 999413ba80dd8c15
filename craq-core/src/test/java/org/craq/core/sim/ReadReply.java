package org.craq.core.sim;

import java.util.Map;
import org.craq.core.file.FileName;
import org.craq.core.replica.Entry;
import org.craq.core.replica.ReadOutcome;
import org.craq.core.replica.Refusal;

/** What a client gets for a read or a listing. */
sealed interface ReadReply {
    /**
     * The entry that each file rests on, tombstones included; a file that never was is absent.
     *
     * @param at what the answer is worth
     */
    record Found(Map<FileName, Entry> newest, ReadOutcome.At at) implements ReadReply {
        @Override
        public String toString() {
            return at.level() + " at " + at.mark() + " "
                    + newest.entrySet().stream()
                            .map(file -> file.getKey() + " " + file.getValue().version())
                            .sorted()
                            .toList();
        }
    }

    record Refused(Refusal reason) implements ReadReply {}
}
