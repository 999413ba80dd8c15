package org.craq.core.sim;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.craq.core.chain.Seq;
import org.craq.core.file.FileName;
import org.craq.core.file.Version;
import org.craq.core.replica.Entry;
import org.craq.core.replica.Operation;

/**
 * The states that one file went through according to the final log: state 0 is "never existed", and each entry on the
 * file creates another state.
 */
final class FileStates {
    private final FileName name;
    private final List<Optional<History.Seen>> states = new ArrayList<>();
    private final List<Version> writtenBy = new ArrayList<>();
    /** For each seq of the log, including 0, the index of the file's state. */
    private final List<Integer> at = new ArrayList<>();

    FileStates(FileName name, List<Entry> log) {
        this.name = name;
        states.add(Optional.empty());
        at.add(0);
        for (Entry entry : log) {
            entry.on(name).ifPresent(operation -> {
                states.add(
                        operation instanceof Operation.Put put
                                ? Optional.of(new History.Seen(entry.version(), put))
                                : Optional.empty());
                writtenBy.add(entry.version());
            });
            at.add(states.size() - 1);
        }
    }

    FileName name() {
        return name;
    }

    /** Returns the state that an entry of the log created. */
    int madeBy(Version version) {
        return writtenBy.indexOf(version) + 1;
    }

    /** Returns what was visible when the log ended with that seq. */
    Optional<History.Seen> at(long seq) {
        return states.get(at.get((int) seq));
    }

    /** Returns the last entry on the file up to that one. */
    Seq writtenAt(Seq upTo) {
        int state = at.get((int) upTo.value());
        return state == 0 ? Seq.NONE : writtenBy.get(state - 1).seq();
    }

    /** Returns true if the file was absent then or at some later time. */
    boolean absentSince(Seq seq) {
        return earliest(at.get((int) seq.value()), Optional.empty()).isPresent();
    }

    /** Returns the earliest state from the given one on that looks like this; empty if there is none. */
    Optional<Integer> earliest(int from, Optional<History.Seen> seen) {
        for (int i = from; i < states.size(); i++) {
            if (states.get(i).equals(seen)) {
                return Optional.of(i);
            }
        }
        return Optional.empty();
    }

    Optional<Integer> earliestVersion(int from, Optional<Version> version) {
        for (int i = from; i < states.size(); i++) {
            if (states.get(i).map(History.Seen::version).equals(version)) {
                return Optional.of(i);
            }
        }
        return Optional.empty();
    }
}
