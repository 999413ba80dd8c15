package org.craq.core.sim;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.stream.Collectors;
import org.craq.core.file.FileName;
import org.craq.core.file.Version;
import org.craq.core.replica.Condition;
import org.craq.core.replica.Entry;
import org.craq.core.replica.Found;
import org.craq.core.replica.Operation;
import org.craq.core.replica.WriteId;

/**
 * Checks a history against the log that all replicas hold in the end.
 *
 * <p>That log gives each file a sequence of states. Every operation on a file belongs to one of them: a write to the
 * state that it created, a read or a failed condition to the state that it saw. The history is linearizable per file
 * exactly if states can be chosen such that, of two operations that do not overlap in time, the later one's state is
 * not older than the other's, and is newer if the later one is a write. Ordered by state, with each write before its
 * readers and these by their start, the operations then follow real time, and each reads what was written last. A
 * version identifies its state. Absence may match several states; the earliest possible one restricts other operations
 * least. Weaker reads are checked by {@link GlimpseChecker}.
 *
 * <p>It also checks that an acknowledged write is in the log under its version, and a write known not to have happened
 * is not; that no write id occurs twice, and a write refused because of its id has an id that occurs for another write;
 * that each entry's conditions held just before it, and a failed condition did not hold for what it saw; and that the
 * files of one listing were seen at one moment of the log.
 */
final class HistoryChecker {
    /** Chooses the state of an operation, given the latest state among those that ended before it began. */
    private interface Choice {
        int state(int floor);
    }

    private record Step(long start, long end, Choice choice) {}

    private record Ended(long end, int state) {}

    private final List<Entry> log;
    private final List<FileStates> files;

    HistoryChecker(List<FileName> names, List<Entry> log) {
        this.log = log;
        this.files = names.stream().map(name -> new FileStates(name, log)).toList();
    }

    /**
     * Checks everything.
     *
     * @throws Violation naming the first operation that is wrong
     */
    void check(History history) {
        Map<WriteId, Entry> byId = byWriteId();
        history.puts()
                .forEach(put ->
                        ending(put, Optional.ofNullable(byId.get(put.write().id()))));
        Set<List<Operation>> begun =
                history.puts().stream().map(put -> put.write().operations()).collect(Collectors.toSet());
        log.stream()
                .filter(entry -> !begun.contains(entry.operations()))
                .findFirst()
                .ifPresent(entry -> {
                    throw new Violation("the log holds an entry that no client wrote: " + entry);
                });
        for (FileStates file : files) {
            linearizable(file, history);
        }
        history.failures().forEach(HistoryChecker::judgedRight);
        GlimpseChecker glimpses = new GlimpseChecker(files);
        history.glimpses().forEach(glimpses::check);
        history.looks().stream().filter(look -> look.files().size() > 1).forEach(this::oneMoment);
    }

    private Map<WriteId, Entry> byWriteId() {
        Map<WriteId, Entry> byId = new HashMap<>();
        for (Entry entry : log) {
            WriteId id = entry.operations().get(0).writeId();
            if (byId.put(id, entry) != null) {
                throw new Violation("write " + id + " happened twice, the second time as " + entry.version());
            }
        }
        return byId;
    }

    private void ending(History.Put put, Optional<Entry> entry) {
        Optional<Entry> own = entry.filter(there -> made(put, there));
        if (put.ending() == History.Ending.WRITTEN && own.isEmpty() && entry.isPresent()) {
            throw new Violation("the entry " + entry.get() + " was acknowledged for another write: " + put);
        }
        if (put.ending() == History.Ending.WRITTEN && !own.map(Entry::version).equals(put.version())) {
            throw new Violation("acknowledged write is not in the log as that version, but as " + own + ": " + put);
        }
        if (put.ending() == History.Ending.NOT_WRITTEN && own.isPresent()) {
            throw new Violation("a write that was refused is in the log as " + own + ": " + put);
        }
        if (put.ending() == History.Ending.OTHER_REQUEST && (entry.isEmpty() || own.isPresent())) {
            throw new Violation("a write was refused for its id although no other write has it: " + entry + ", " + put);
        }
        own.ifPresent(there -> put.write().conditions().forEach(condition -> held(condition, there)));
    }

    private static boolean made(History.Put put, Entry entry) {
        return entry.operations().equals(put.write().operations());
    }

    private void held(Condition condition, Entry entry) {
        FileStates file = file(condition.name());
        if (!condition.holds(newest(file.at(entry.seq().value() - 1).map(History.Seen::version)))) {
            throw new Violation("entry " + entry.version() + " was written although this did not hold: " + condition);
        }
    }

    private static void judgedRight(History.Failed failed) {
        if (failed.condition().holds(newest(failed.newest()))) {
            throw new Violation("a condition that held was reported as failed: " + failed);
        }
    }

    /** Converts a version; the time does not matter, as no simulated client uses a condition that names a date. */
    private static Optional<Found.Newest> newest(Optional<Version> visible) {
        return visible.map(version -> new Found.Newest(version, false, 0));
    }

    private void oneMoment(History.Look look) {
        for (int seq = 0; seq <= log.size(); seq++) {
            int moment = seq;
            if (files.stream().allMatch(file -> look.files().get(file.name()).equals(file.at(moment)))) {
                return;
            }
        }
        throw new Violation("a listing shows files that never existed together: " + look);
    }

    private FileStates file(FileName name) {
        return files.stream()
                .filter(file -> file.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    // ---- linearizable ----

    private void linearizable(FileStates file, History history) {
        PriorityQueue<Ended> open = new PriorityQueue<>(Comparator.comparingLong(Ended::end));
        int floor = 0;
        for (Step step : steps(file, history)) {
            while (!open.isEmpty() && open.peek().end() < step.start()) {
                floor = Math.max(floor, open.remove().state());
            }
            open.add(new Ended(step.end(), step.choice().state(floor)));
        }
    }

    private List<Step> steps(FileStates file, History history) {
        List<Step> steps = new ArrayList<>();
        Map<WriteId, Entry> byId = byWriteId();
        for (History.Put put : history.puts()) {
            Optional.ofNullable(byId.get(put.write().id()))
                    .filter(entry -> made(put, entry) && entry.on(file.name()).isPresent())
                    .ifPresent(entry -> steps.add(new Step(
                            put.start(), put.end(), floor -> newer(file.madeBy(entry.version()), floor, put))));
        }
        for (History.Look look : history.looks()) {
            if (look.files().containsKey(file.name())) {
                Optional<History.Seen> seen = look.files().get(file.name());
                steps.add(new Step(look.start(), look.end(), floor -> file.earliest(floor, seen)
                        .orElseThrow(() -> old(floor, look))));
            }
        }
        for (History.Failed failed : history.failures()) {
            if (failed.condition().name().equals(file.name())) {
                steps.add(new Step(failed.start(), failed.end(), floor -> file.earliestVersion(floor, failed.newest())
                        .orElseThrow(() -> old(floor, failed))));
            }
        }
        steps.sort(Comparator.comparingLong(Step::start));
        return steps;
    }

    private static int newer(int state, int floor, History.Put put) {
        if (state <= floor) {
            throw new Violation("a write took a place before a state known when it began: state " + state
                    + ", known state " + floor + ": " + put);
        }
        return state;
    }

    private static Violation old(int floor, Object operation) {
        return new Violation("an operation saw what never existed, or no longer existed when it began (known state "
                + floor + "): " + operation);
    }
}
