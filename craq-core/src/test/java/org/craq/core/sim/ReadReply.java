package org.craq.core.sim;

import java.util.Map;
import org.craq.core.file.FileName;
import org.craq.core.replica.Entry;
import org.craq.core.replica.ReadOutcome;
import org.craq.core.replica.Refusal;

/** The answer to a read or a listing. */
sealed interface ReadReply {
    /**
     * The entry that each file's answer is based on, tombstones included; a file that never existed is absent.
     *
     * @param at the mark and consistency of the answer
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
