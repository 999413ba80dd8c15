package org.craq.node.metadata;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import org.craq.core.chain.Epoch;
import org.craq.core.chain.Seq;
import org.craq.core.file.FileName;
import org.craq.core.file.Version;
import org.craq.core.replica.Entry;
import org.craq.core.replica.WriteId;
import org.jetbrains.kotlinx.lincheck.LinChecker;
import org.jetbrains.kotlinx.lincheck.annotations.Operation;
import org.jetbrains.kotlinx.lincheck.annotations.Param;
import org.jetbrains.kotlinx.lincheck.paramgen.IntGen;
import org.jetbrains.kotlinx.lincheck.strategy.stress.StressOptions;
import org.junit.jupiter.api.Test;

/**
 * Reads that are answered from memory, and lookups that fill it, while a log grows, is committed and is truncated:
 * Lincheck runs them in several threads and checks that some sequential order explains what they returned.
 */
@Param(name = "file", gen = IntGen.class, conf = "0:1")
public class HotLogLincheckTest {
    private static final int FILES = 2;

    private final HotLog log = new HotFiles(1 << 20).log(Seq.NONE);
    /** The log as the database has it. */
    private final List<StoredEntry> table = new CopyOnWriteArrayList<>();

    private volatile Seq commit = Seq.NONE;
    private Epoch epoch = new Epoch(1);

    private static FileName name(int file) {
        return new FileName("file " + file);
    }

    private Seq last() {
        return table.isEmpty() ? Seq.NONE : table.get(table.size() - 1).entry().seq();
    }

    // ---- the writer: one thread at a time, as in a member ----

    @Operation(nonParallelGroup = "writer")
    public void append(@Param(name = "file") int file) {
        Seq seq = last().next();
        WriteId id = new WriteId(new UUID(epoch.value(), seq.value()));
        StoredEntry stored = new StoredEntry(
                new Entry(epoch, seq, List.of(new org.craq.core.replica.Operation.Delete(name(file), id)), 7),
                Map.of(),
                Set.of());
        table.add(stored);
        log.persisted(List.of(stored));
    }

    @Operation(nonParallelGroup = "writer")
    public void commit() {
        commit = last();
    }

    @Operation(nonParallelGroup = "writer")
    public void cut() {
        Seq keep = commit;
        table.removeIf(stored -> stored.entry().seq().isAfter(keep));
        log.cut(keep);
        epoch = new Epoch(epoch.value() + 1);
    }

    // ---- readers ----

    @Operation
    public String read(@Param(name = "file") int file) {
        Seq mark = commit;
        FileName name = name(file);
        Optional<FileRecord> found = log.newest(name, mark)
                .map(KnownVersions.Step::file)
                .orElseGet(() -> log.newest(name, mark, () -> look(name, mark)));
        return found.map(FileRecord::version).map(Version::toString).orElse("none");
    }

    private Optional<FileRecord> look(FileName name, Seq mark) {
        return table.stream()
                .map(StoredEntry::entry)
                .filter(entry -> !entry.seq().isAfter(mark)
                        && entry.operations().get(0).name().equals(name))
                .reduce((older, newer) -> newer)
                .map(entry -> FileRecord.of(entry, entry.operations().get(0), false));
    }

    /** The sequential specification: the same operations without a cache. */
    public static final class Plain {
        private final List<Version> versions = new ArrayList<>();
        private final List<Integer> files = new ArrayList<>();
        private final Map<Integer, String> committed = new HashMap<>();
        private int commit;
        private int epoch = 1;

        public void append(int file) {
            versions.add(new Version(new Epoch(epoch), new Seq(versions.size() + 1)));
            files.add(file);
        }

        public void commit() {
            for (; commit < files.size(); commit++) {
                committed.put(files.get(commit), versions.get(commit).toString());
            }
        }

        public void cut() {
            versions.subList(commit, versions.size()).clear();
            files.subList(commit, files.size()).clear();
            epoch++;
        }

        public String read(int file) {
            return committed.getOrDefault(file, "none");
        }
    }

    @Test
    void readsSeeWhatSomeOrderWouldShow() {
        LinChecker.check(
                HotLogLincheckTest.class,
                new StressOptions()
                        .iterations(10)
                        .invocationsPerIteration(1_000)
                        .threads(3)
                        .actorsPerThread(4)
                        .actorsBefore(3)
                        .actorsAfter(FILES)
                        .sequentialSpecification(Plain.class));
    }
}
