package org.craq.core.sim;

import java.util.List;
import java.util.Optional;
import org.craq.core.chain.Seq;
import org.craq.core.file.FileName;
import org.craq.core.replica.Entry;
import org.craq.core.replica.Operation;
import org.craq.core.replica.ReadOutcome;

/**
 * Checks the answers to weaker reads against the final log. Committed versions must be shown exactly as they were at
 * the mark of the answer; versions that may be uncommitted must be no older than what the reader's session had seen.
 */
final class GlimpseChecker {
    private final List<FileStates> files;

    GlimpseChecker(List<FileStates> files) {
        this.files = files;
    }

    /**
     * Checks one answer.
     *
     * @throws Violation naming the answer
     */
    void check(History.Glimpse glimpse) {
        for (FileStates file : files) {
            Optional<Entry> shown = glimpse.files().getOrDefault(file.name(), Optional.empty());
            boolean right = !glimpse.files().containsKey(file.name())
                    || (glimpse.at().level() == ReadOutcome.Level.UNCOMMITTED
                            ? sinceSession(glimpse, file, shown)
                            : seen(shown, file.name())
                                    .equals(file.at(glimpse.at().mark().value())));
            if (!right) {
                throw new Violation(
                        "an answer shows something that did not hold at its mark: " + file.name() + " in " + glimpse);
            }
        }
    }

    private static boolean sinceSession(History.Glimpse glimpse, FileStates file, Optional<Entry> shown) {
        Seq before = glimpse.session().map(version -> version.seq()).orElse(Seq.NONE);
        Seq known = file.writtenAt(before);
        // Nothing may be left of a deleted file.
        return shown.map(entry -> !known.isAfter(entry.seq())).orElseGet(() -> file.absentSince(before));
    }

    private static Optional<History.Seen> seen(Optional<Entry> shown, FileName name) {
        return shown.flatMap(entry -> entry.on(name)
                .filter(Operation.Put.class::isInstance)
                .map(put -> new History.Seen(entry.version(), (Operation.Put) put)));
    }
}
