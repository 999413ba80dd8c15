package org.craq.node.metadata;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.function.Supplier;
import org.craq.core.chain.Epoch;
import org.craq.core.chain.Seq;
import org.craq.core.file.Content;
import org.craq.core.file.ContentId;
import org.craq.core.file.FileName;
import org.craq.core.replica.Entry;
import org.craq.core.replica.Operation;
import org.craq.core.replica.WriteId;
import org.junit.jupiter.api.Test;

/** What is remembered of a log is at any moment what a lookup would find. */
class HotLogTest {
    private static final FileName A = new FileName("a");
    private static final FileName B = new FileName("b");

    private final HotFiles files = new HotFiles(1 << 20);
    private final Table table = new Table();
    private final HotLog log = files.log(Seq.NONE);

    /** The log as the database has it. */
    private static final class Table {
        private final List<StoredEntry> entries = new ArrayList<>();

        Seq last() {
            return entries.isEmpty()
                    ? Seq.NONE
                    : entries.get(entries.size() - 1).entry().seq();
        }

        Optional<FileRecord> newest(FileName name, Seq mark) {
            return entries.stream()
                    .filter(stored -> !stored.entry().seq().isAfter(mark)
                            && stored.entry().operations().get(0).name().equals(name))
                    .reduce((older, newer) -> newer)
                    .map(HotLogTest::record);
        }
    }

    private static StoredEntry stored(Epoch epoch, Seq seq, FileName name, boolean delete) {
        WriteId id = new WriteId(new UUID(epoch.value(), seq.value()));
        Content content =
                new Content(new ContentId(new UUID(epoch.value(), seq.value())), Content.MIN_CHUNK_SIZE, 10, 5);
        Operation operation = delete
                ? new Operation.Delete(name, id)
                : new Operation.Put(name, id, content, "text/plain", Map.of("k", "v"));
        return new StoredEntry(new Entry(epoch, seq, List.of(operation), 7), Map.of(), Set.of());
    }

    private Seq write(FileName name) {
        return write(new Epoch(1), name, false);
    }

    private Seq write(Epoch epoch, FileName name, boolean delete) {
        StoredEntry stored = stored(epoch, table.last().next(), name, delete);
        table.entries.add(stored);
        log.persisted(List.of(stored));
        return stored.entry().seq();
    }

    private void cut(Seq keep) {
        table.entries.removeIf(stored -> stored.entry().seq().isAfter(keep));
        log.cut(keep);
    }

    private Supplier<Optional<FileRecord>> look(FileName name, Seq mark) {
        return () -> table.newest(name, mark);
    }

    private Optional<Seq> remembered(FileName name, Seq mark) {
        return log.newest(name, mark)
                .map(step -> step.file().map(file -> file.version().seq()).orElse(Seq.NONE));
    }

    @Test
    void whatWasWrittenIsRememberedAtTheMarksThatShowIt() {
        Seq first = write(A);
        Seq other = write(B);
        Seq second = write(A);
        assertThat(remembered(A, first)).contains(first);
        assertThat(remembered(A, other)).contains(first);
        assertThat(remembered(A, second)).contains(second);
        assertThat(remembered(B, first)).as("before it was written").isEmpty();
        assertThat(remembered(A, second.next())).as("not durable yet").isEmpty();
    }

    @Test
    void aLookIsRememberedUntilTheFileIsWrittenAgain() {
        HotLog later = files.log(new Seq(5));
        FileRecord found = record(stored(new Epoch(1), new Seq(3), A, false));
        later.newest(A, new Seq(5), () -> Optional.of(found));
        assertThat(later.newest(A, new Seq(5))).contains(new KnownVersions.Step(new Seq(3), Optional.of(found)));
        later.persisted(List.of(stored(new Epoch(1), new Seq(6), A, false)));
        assertThat(later.newest(A, new Seq(5)).orElseThrow().from()).isEqualTo(new Seq(3));
        assertThat(later.newest(A, new Seq(6)).orElseThrow().from()).isEqualTo(new Seq(6));
    }

    private static FileRecord record(StoredEntry stored) {
        Entry entry = stored.entry();
        Operation operation = entry.operations().get(0);
        Optional<Operation.Put> put =
                Optional.of(operation).filter(Operation.Put.class::isInstance).map(Operation.Put.class::cast);
        return new FileRecord(
                operation.name(),
                entry.version(),
                operation.writeId().value(),
                put.map(Operation.Put::body),
                put.map(Operation.Put::contentType).orElse(""),
                put.map(Operation.Put::userMetadata).orElse(Map.of()),
                entry.createdAtMillis(),
                false);
    }

    @Test
    void thatThereIsNoSuchFileIsRememberedToo() {
        Seq mark = write(B);
        assertThat(log.newest(A, mark, look(A, mark))).isEmpty();
        assertThat(remembered(A, mark)).contains(Seq.NONE);
        Seq written = write(A);
        assertThat(remembered(A, written)).contains(written);
        assertThat(remembered(A, mark)).contains(Seq.NONE);
    }

    @Test
    void aLookThatIsOvertakenByAWriteIsNotRemembered() {
        Seq mark = write(A);
        log.newest(A, mark, () -> {
            Optional<FileRecord> found = table.newest(A, mark);
            write(A);
            forgetAll();
            return found;
        });
        assertThat(remembered(A, table.last())).isEmpty();
    }

    @Test
    void aLookAtAnOldMarkIsNotTakenForTheNewest() {
        Seq mark = write(A);
        write(A);
        forgetAll();
        log.newest(A, mark, look(A, mark));
        assertThat(remembered(A, table.last())).isEmpty();
    }

    /** Evicts everything, as if there had been no room. */
    private void forgetAll() {
        files.versions().clear();
    }

    @Test
    void whatTheLogDropsIsForgotten() {
        Seq keep = write(A);
        write(A);
        cut(keep);
        assertThat(remembered(A, keep)).isEmpty();
        assertThat(remembered(A, keep.next())).isEmpty();
        Seq again = write(new Epoch(2), B, false);
        assertThat(again).isEqualTo(keep.next());
        log.newest(A, again, look(A, again));
        assertThat(remembered(A, again)).contains(keep);
    }

    @Test
    void aLookThatTheLogsFallOvertakesIsNotRemembered() {
        Seq keep = write(B);
        Seq dropped = write(A);
        forgetAll();
        log.newest(A, dropped, () -> {
            Optional<FileRecord> found = table.newest(A, dropped);
            cut(keep);
            return found;
        });
        write(new Epoch(2), B, false);
        assertThat(remembered(A, table.last())).isEmpty();
    }

    @Test
    void aMarkThatTheLogHasNotReachedAgainIsNotLookedUpForGood() {
        Seq keep = write(B);
        write(B);
        Seq stale = write(B);
        cut(keep);
        log.newest(A, stale, () -> {
            Optional<FileRecord> found = table.newest(A, stale);
            write(new Epoch(2), A, false);
            forgetAll();
            return found;
        });
        assertThat(remembered(A, table.last())).isEmpty();
    }

    @Test
    void aVersionWithoutContentIsNotKeptFromALook() {
        FileRecord file = record(stored(new Epoch(1), new Seq(1), A, false));
        FileRecord pruned = new FileRecord(
                file.name(),
                file.version(),
                file.writeId(),
                file.body(),
                file.contentType(),
                file.userMetadata(),
                file.createdAtMillis(),
                true);
        HotLog later = files.log(new Seq(5));
        later.newest(A, new Seq(5), () -> Optional.of(pruned));
        assertThat(later.newest(A, new Seq(5))).isEmpty();
    }

    @Test
    void eachLifeRemembersForItself() {
        Seq mark = write(A);
        HotLog next = files.log(mark);
        assertThat(next.newest(A, mark)).isEmpty();
        log.close();
        assertThat(files.versions()).isEmpty();
    }

    @Test
    void afterItsEndALifeRemembersNothing() {
        Seq old = write(A);
        write(A);
        log.close();
        write(B);
        log.newest(A, old, look(A, old));
        assertThat(remembered(A, table.last())).isEmpty();
        assertThat(files.versions()).isEmpty();
    }

    @Test
    void memoryIsBounded() {
        for (int i = 0; i < 10_000; i++) {
            write(new FileName("file-" + i));
        }
        assertThat(files.versions().size()).isBetween(500, 2000);
        HotLog none = new HotFiles(0).log(Seq.NONE);
        none.persisted(List.of(stored(new Epoch(1), new Seq(1), A, false)));
        assertThat(none.newest(A, new Seq(1))).isEmpty();
    }

    /** Writes and truncations come at any moment, also in the middle of a lookup. */
    @Test
    void whateverHappensTheAnswerIsThatOfTheTable() {
        for (int seed = 0; seed < 300; seed++) {
            new History(seed).run();
        }
    }

    private static final class History {
        private static final List<FileName> NAMES = List.of(A, B, new FileName("c"), new FileName("d"));
        private final HotLogTest world = new HotLogTest();
        private final Random random;
        private final int seed;
        private long epoch = 1;

        History(int seed) {
            this.seed = seed;
            this.random = new Random(seed);
        }

        void run() {
            for (int i = 0; i < 200; i++) {
                step();
                check();
            }
        }

        private void step() {
            switch (random.nextInt(8)) {
                case 0, 1, 2 -> world.write(new Epoch(epoch), any(), random.nextInt(4) == 0);
                case 3 -> {
                    epoch++;
                    world.cut(mark());
                }
                case 4 -> world.forgetAll();
                default -> look();
            }
        }

        private void look() {
            FileName name = any();
            // The mark may be above the end of the log, as when the log was truncated meanwhile.
            Seq mark = random.nextInt(5) == 0 ? world.table.last().next().next() : mark();
            world.log.newest(name, mark, () -> {
                boolean before = random.nextBoolean();
                Optional<FileRecord> found = before ? world.table.newest(name, mark) : Optional.empty();
                for (int i = random.nextInt(3); i > 0; i--) {
                    step();
                }
                return before ? found : world.table.newest(name, mark);
            });
        }

        private void check() {
            for (FileName name : NAMES) {
                Seq mark = mark();
                world.log.newest(name, mark).ifPresent(step -> assertThat(step.file())
                        .as("seed %d: %s at %s", seed, name, mark)
                        .isEqualTo(world.table.newest(name, mark)));
            }
        }

        private FileName any() {
            return NAMES.get(random.nextInt(NAMES.size()));
        }

        private Seq mark() {
            return new Seq(random.nextLong(world.table.last().value() + 1));
        }
    }
}
