package org.craq.core.replica;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.craq.core.chain.Seq;
import org.craq.core.file.FileName;

/**
 * Decides the outcome of a write at the head's single ordering point. A known write id is answered with its former
 * result, or refused if the former request was a different one. Conditions are checked against the newest known
 * version, dirty ones included. Otherwise the write takes the next seq.
 */
final class Sequencer {
    /** An answer that may be sent once everything up to {@code rests} is clean. */
    record Settled(Seq rests, WriteOutcome outcome) {}

    private final EntryWindow window;

    Sequencer(EntryWindow window) {
        this.window = window;
    }

    /** Returns the answer; empty if the write takes the next place. */
    Optional<Settled> settle(Write write, Found found) {
        Optional<Entry> former = window.written(write.id()).or(found::former);
        if (former.isPresent()) {
            return Optional.of(new Settled(former.get().seq(), repeated(write, former.get())));
        }
        Map<FileName, Found.Newest> newest = new HashMap<>(found.newest());
        for (Condition condition : write.conditions()) {
            FileName name = condition.name();
            window.newest(name).ifPresent(entry -> newest.put(name, Found.Newest.of(entry, name)));
            Optional<Found.Newest> known = Optional.ofNullable(newest.get(name));
            Optional<Found.Newest> visible = known.filter(version -> !version.tombstone());
            if (!condition.holds(visible)) {
                Seq rests = known.map(version -> version.version().seq()).orElse(Seq.NONE);
                return Optional.of(new Settled(
                        rests, new WriteOutcome.ConditionFailed(condition, visible.map(Found.Newest::version))));
            }
        }
        return Optional.empty();
    }

    /**
     * Compares the requests behind a repeated write id. If either fingerprint is missing, equal write ids are enough.
     */
    private static WriteOutcome repeated(Write write, Entry former) {
        boolean another = write.request().isPresent()
                && former.request().isPresent()
                && !write.request().equals(former.request());
        return another
                ? new WriteOutcome.OtherRequest()
                : new WriteOutcome.Written(former.version(), former.operations());
    }
}
