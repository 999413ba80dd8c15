package org.craq.core.replica;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.craq.core.chain.Seq;
import org.craq.core.file.FileName;

/**
 * Decides, in the head's one ordered place, what becomes of a write: a known write id is answered with its former result, a
 * condition is held against the newest version known, dirty ones included; otherwise the write takes the next seq.
 */
final class Sequencer {
    /** An answer that may be given once everything up to {@code rests} is clean. */
    record Settled(Seq rests, WriteOutcome outcome) {}

    private final EntryWindow window;

    Sequencer(EntryWindow window) {
        this.window = window;
    }

    /** Empty when the write takes the next place. */
    Optional<Settled> settle(Write write, Found found) {
        Optional<WriteOutcome.Written> former = window.written(write.id())
                .map(entry -> Found.written(entry, write.id()))
                .or(found::former);
        if (former.isPresent()) {
            return Optional.of(new Settled(former.get().version().seq(), former.get()));
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
}
