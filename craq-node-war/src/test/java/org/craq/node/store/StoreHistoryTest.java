package org.craq.node.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.LongStream;
import org.craq.node.store.FaultyDisk.Crashed;
import org.craq.node.store.FaultyDisk.Fault;
import org.junit.jupiter.api.Test;

/**
 * Compares random histories with a model, under every fault that the disk can produce, crashes and restarts included.
 * {@code -Dcraq.store.seed=N} repeats one history, {@code -Dcraq.store.seeds=N} runs N new ones.
 */
class StoreHistoryTest {
    private static final int STEPS = 80;
    private static final int FIXED_SEEDS = 3000;

    @Test
    void whatWasRecordedSurvivesEveryHistory() {
        seeds().forEach(seed -> {
            try {
                new History(seed).run();
            } catch (Throwable e) {
                throw new AssertionError("history failed; repeat it with -Dcraq.store.seed=" + seed, e);
            }
        });
    }

    private static LongStream seeds() {
        Optional<Long> one = Optional.ofNullable(Long.getLong("craq.store.seed"));
        if (one.isPresent()) {
            return LongStream.of(one.get());
        }
        int fresh = Integer.getInteger("craq.store.seeds", 0);
        return fresh > 0 ? new Random().longs(fresh) : LongStream.range(0, FIXED_SEEDS);
    }

    private static final class History {
        private final Random random;
        private final StoreRig rig;
        /** Chunks that readers hold, whose locations must stay readable whatever happens to their content. */
        private final List<Reader> readers = new ArrayList<>();

        private record Reader(SegmentHold hold, StoredChunk chunk, ByteBuffer bytes) {}

        History(long seed) {
            random = new Random(seed);
            rig = new StoreRig(random);
        }

        void run() {
            for (int i = 0; i < STEPS; i++) {
                try {
                    step();
                } catch (Crashed e) {
                    crash();
                }
            }
            crash();
            rig.othersAnswer = true;
            rig.index.answer(MemoryIndex.Answer.DONE);
            assertThat(rig.scrub().damaged()).isLessThanOrEqualTo(rig.spoiled.size());
            rig.spoiled.clear();
            rig.checkAll();
            rig.release(StoreRig.MEMBERS, 0);
            rig.compact();
            rig.checkAll();
            assertThat(rig.disk.used())
                    .as("space on disk")
                    .isLessThanOrEqualTo(2 * live() + (rig.disk.fileCount() + 1) * StoreRig.SIZES.full() / 8);
        }

        private long live() {
            return rig.index.all().stream()
                    .mapToLong(chunk -> ChunkHeader.BYTES + chunk.location().length())
                    .sum();
        }

        private void crash() {
            readers.clear();
            rig.crash();
            rig.checkAll();
        }

        private void step() {
            List<StagedContent> open = rig.open();
            List<StoredChunk> recorded = rig.index.all();
            switch (random.nextInt(18)) {
                case 0, 1, 2 -> rig.survives(rig::upload);
                case 3, 4, 5, 6 -> some(open).ifPresent(content -> rig.survives(() -> append(content)));
                case 7, 8 -> record(open);
                case 9 -> some(open).ifPresent(rig::abandon);
                case 10 -> some(recorded).ifPresent(chunk -> rig.prune(chunk.content()));
                case 11 -> some(recorded).ifPresent(this::read);
                case 12 -> rig.survives(this::compact);
                case 13 -> rig.survives(this::scrub);
                case 14 -> trouble(recorded);
                case 15 -> some(recorded).ifPresent(this::hold);
                case 16 -> letGo();
                default -> {
                    if (random.nextInt(4) == 0 || !rig.store.failure().isEmpty()) {
                        throw new Crashed();
                    }
                    rig.store.expire(random.nextInt(4) == 0 ? 0 : 600);
                    rig.open().stream()
                            .filter(content -> rig.store.staged(content.id()).isEmpty())
                            .forEach(rig::abandon);
                }
            }
        }

        private <T> Optional<T> some(List<T> list) {
            return list.isEmpty() ? Optional.empty() : Optional.of(list.get(random.nextInt(list.size())));
        }

        private <E extends Enum<E>> E any(Class<E> kind) {
            return some(List.copyOf(EnumSet.allOf(kind))).orElseThrow();
        }

        private void append(StagedContent content) {
            rig.append(content, 1 + random.nextInt(random.nextInt(4) == 0 ? 2000 : 200));
        }

        private void record(List<StagedContent> open) {
            List<StagedContent> batch =
                    open.stream().filter(content -> random.nextInt(3) > 0).toList();
            if (!batch.isEmpty()) {
                rig.survives(() -> rig.record(batch));
            }
        }

        private void read(StoredChunk chunk) {
            boolean sound = rig.store.check(chunk).isPresent();
            if (sound || rig.othersAnswer) {
                rig.checkRead(chunk);
            }
        }

        private void compact() {
            if (random.nextBoolean()) {
                rig.compactor.plan();
            }
            rig.compactor.step(1 + random.nextInt(3000));
        }

        private void scrub() {
            rig.scrub.begin();
            rig.scrub.step(1 + random.nextInt(3000));
            rig.repair.retry();
        }

        private void trouble(List<StoredChunk> recorded) {
            switch (random.nextInt(6)) {
                case 0 -> rig.disk.failAt(1 + random.nextInt(20), any(Fault.class));
                case 1 -> rig.disk.leaveFree(random.nextInt(3000));
                case 2 -> rig.disk.heal();
                case 3 ->
                    some(recorded).filter(chunk -> !rig.spoiled.contains(chunk)).ifPresent(rig::spoil);
                case 4 -> rig.index.answer(any(MemoryIndex.Answer.class));
                default -> rig.othersAnswer = random.nextInt(3) > 0;
            }
        }

        private void hold(StoredChunk chunk) {
            if (!rig.spoiled.contains(chunk)) {
                ByteBuffer bytes =
                        ByteBuffer.wrap(rig.model.get(chunk.content()).get(chunk.index()));
                rig.store
                        .hold(List.of(chunk.location()))
                        .ifPresent(hold -> readers.add(new Reader(hold, chunk, bytes)));
            }
        }

        private void letGo() {
            some(readers).ifPresent(reader -> {
                readers.remove(reader);
                if (!rig.spoiled.contains(reader.chunk())) {
                    assertThat(rig.disk.holds(
                                    reader.chunk().location(), reader.bytes().array()))
                            .as("%s while it was held", reader.chunk())
                            .isTrue();
                }
                rig.survives(reader.hold()::close);
            });
        }
    }
}
