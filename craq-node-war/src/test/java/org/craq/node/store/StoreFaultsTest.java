package org.craq.node.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.craq.core.file.ContentId;
import org.craq.node.store.FaultyDisk.Crashed;
import org.craq.node.store.FaultyDisk.Fault;
import org.craq.wire.CraqException;
import org.craq.wire.ErrorCode;
import org.craq.wire.content.Checksum;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Injects one fault at a time, at each disk operation of a story that uses all features; further tests check the
 * consequences of single faults.
 */
class StoreFaultsTest {
    /** Rounds for each crash, as crashes keep different subsets of what was not forced. */
    private static final int CRASHES_AT_EACH_POINT = 3;

    private final Random random = new Random(11);

    /** Small and long contents, an abandoned one, a restart, dead space, compaction, damage, repair. */
    private static List<Runnable> story(StoreRig rig) {
        return List.of(
                () -> rig.stored(100),
                () -> rig.stored(500, 500, 500, 500, 3000, 3000),
                () -> rig.record(List.of(small(rig), small(rig), small(rig))),
                () -> {
                    StagedContent left = rig.upload();
                    rig.append(left, 700);
                    rig.append(left, 700);
                    rig.abandon(left);
                },
                () -> rig.prune(rig.index.all().get(1).content()),
                rig::start,
                () -> rig.append(rig.upload(), 900),
                () -> rig.stored(2000, 2000, 300),
                rig::compact,
                () -> rig.spoil(rig.index.all().get(0)),
                rig::scrub,
                () -> rig.index.all().forEach(rig::checkRead),
                rig::crash,
                rig::scrub);
    }

    private static StagedContent small(StoreRig rig) {
        StagedContent content = rig.upload();
        rig.append(content, 150);
        return content;
    }

    @ParameterizedTest
    @EnumSource
    void aFaultAtAnyOperationLosesNothingThatWasRecorded(Fault fault) {
        StoreRig sound = new StoreRig(new Random(1));
        story(sound).forEach(Runnable::run);
        assertThat(sound.scrub()).isEqualTo(new Scrub.Pass(false, 7, 4850, 0, 0));
        int rounds = fault == Fault.CRASH ? CRASHES_AT_EACH_POINT : 1;
        long points = 0;
        boolean reached = true;
        while (reached) {
            points++;
            for (int round = 0; round < rounds; round++) {
                reached = tell(points, fault, round);
            }
        }
        assertThat(points).as("operations with a fault").isGreaterThan(80);
    }

    /** Plays the story; returns false if it ended before the fault. */
    private static boolean tell(long point, Fault fault, int round) {
        StoreRig rig = new StoreRig(new Random(point * CRASHES_AT_EACH_POINT + round));
        FaultyDisk first = rig.disk;
        first.failAt(point, fault);
        for (Runnable step : story(rig)) {
            try {
                rig.survives(step);
            } catch (IndexOutOfBoundsException e) {
                // An earlier step of the story could not store what this one needs.
                continue;
            } catch (Crashed e) {
                break;
            }
            if (!rig.store.failure().isEmpty()) {
                break;
            }
        }
        rig.crash();
        rig.checkAll();
        rig.stored(1000);
        rig.compact();
        rig.scrub();
        rig.spoiled.clear();
        rig.checkAll();
        return first.faultHasPassed();
    }

    @Test
    void afterAForceThatFailedNothingMoreIsStoredOrForced() {
        StoreRig rig = new StoreRig(random);
        ContentId before = rig.stored(100);
        StagedContent content = rig.upload();
        rig.append(content, 100);
        content.finish();
        rig.disk.failAt(1, Fault.ERROR);

        assertStorageFailed(() -> rig.store.force(List.of(content)));

        assertThat(rig.store.failure()).contains("forcing to disk failed").contains("start it again");
        assertStorageFailed(() -> rig.store.force(List.of(content)));
        assertStorageFailed(rig::upload);
        assertStorageFailed(() -> rig.store.stageForLog(content.id()));
        // What was recorded before can still be read.
        rig.checkRead(rig.index.find(before, 0).orElseThrow());
    }

    @Test
    void aNewSegmentWhoseNameCannotBeForcedFailsTheStore() {
        StoreRig rig = new StoreRig(random);
        StagedContent content = rig.upload();
        rig.disk.failAt(3, Fault.ERROR);

        assertStorageFailed(() -> rig.append(content, 100));

        assertThat(rig.store.failure()).contains("the name of a new segment");
    }

    @Test
    void aForceOfOneSegmentIsNotCreditedAfterAnotherOneFailed() {
        StoreRig rig = new StoreRig(random);
        StagedContent one = rig.upload();
        rig.append(one, 1000);
        StagedContent other = rig.upload();
        rig.append(other, 1000);
        rig.disk.failAt(1, Fault.ERROR);

        assertStorageFailed(() -> rig.store.force(List.of(one)));
        assertStorageFailed(() -> rig.store.force(List.of(other)));
    }

    private static void assertStorageFailed(ThrowingCallable step) {
        assertThatThrownBy(step).isInstanceOfSatisfying(CraqException.class, e -> assertThat(e.code())
                .isEqualTo(ErrorCode.STORAGE_FAILED));
    }

    @Test
    void aWriteThatFailsLeavesRoomForTheNext() {
        StoreRig rig = new StoreRig(random);
        StagedContent content = rig.upload();
        rig.append(content, 100);
        rig.disk.failAt(1, Fault.ERROR);
        assertThat(rig.survives(() -> rig.append(content, 100))).isFalse();
        rig.append(content, 100);
        rig.record(List.of(content));
        rig.crash();
        rig.checkAll();
        assertThat(rig.index.all()).hasSize(2);
    }

    // ---- space ----

    @Test
    void uploadsAreRefusedAtTheReserveAndWhatIsInTheLogIsNot() {
        StoreRig rig = new StoreRig(random);
        StagedContent begun = rig.upload();
        rig.append(begun, 100);
        StagedContent placed = rig.upload();
        rig.append(placed, 100);
        placed.expect();
        rig.disk.leaveFree(1000);

        assertFull(rig::upload);
        assertFull(() -> rig.append(begun, 100));
        rig.append(placed, 100);
        rig.store.stageForLog(new ContentId(new UUID(0, 1)));
        rig.record(List.of(placed));
        rig.checkAll();

        rig.disk.leaveFree(1001 + 2 * ChunkHeader.BYTES + 200);
        rig.append(begun, 100);
        rig.upload();
    }

    @Test
    void anUploadThatFindsNoSpaceAtAllIsToldSo() {
        StoreRig rig = new StoreRig(random);
        StagedContent placed = rig.upload();
        placed.expect();
        rig.disk.leaveFree(100);
        assertFull(() -> rig.append(placed, 500));
        assertThat(rig.store.failure()).isEmpty();
        rig.disk.heal();
        rig.append(placed, 500);
        rig.record(List.of(placed));
        rig.checkAll();
    }

    private static void assertFull(ThrowingCallable step) {
        assertThatThrownBy(step).isInstanceOfSatisfying(CraqException.class, e -> assertThat(e.code())
                .isEqualTo(ErrorCode.STORAGE_FULL));
    }

    @Test
    void theReserveIsTwoPerCentOfTheDiskButNoMoreThanTwoGibibytes() {
        assertThat(new DiskReserve(new FaultyDisk(random), OptionalLong.empty()).bytes())
                .isEqualTo(2L << 30);
        assertThat(new DiskReserve(new FaultyDisk(random), OptionalLong.of(0)).bytes())
                .isZero();
    }

    // ---- start ----

    @Test
    void theStartReportsWhatItKeepsAndWhatIsMissing() throws IOException {
        StoreRig rig = new StoreRig(random);
        rig.stored(100);
        rig.stored(3900, 50);
        StagedContent stray = rig.upload();
        rig.append(stray, 200);
        rig.append(stray, 200);
        rig.disk = rig.disk.restart();
        String last = rig.index.all().get(2).location().segment();
        rig.disk.delete(last);
        rig.disk.open(rig.index.all().get(0).location().segment()).write(140 + 480, ByteBuffer.wrap(new byte[1]));

        rig.start();

        assertThat(rig.store.start().strayRecords()).isEqualTo(2);
        assertThat(rig.store.start().cutBytes()).isZero();
        assertThat(rig.store.setAside().counts()).isEqualTo(new SetAside.Counts(1, 481, Optional.empty()));
        assertThat(rig.store.start().gaps()).containsExactly(new Recovery.Gap(last, 0));
        assertThat(rig.store.check(rig.index.all().get(2))).isEmpty();

        rig.scrub.step(1);
        rig.repair.retry();
        assertThat(rig.repair.counts()).isEqualTo(new ChunkRepair.Counts(2, 2, 0));
        rig.checkAll();
    }

    @Test
    void aNameThatOnlyTheMetadataKnowIsNotGivenAgain() throws IOException {
        StoreRig rig = new StoreRig(random);
        rig.stored(100);
        StoredChunk lost = rig.index.all().get(0);
        rig.disk = rig.disk.restart();
        rig.disk.delete(lost.location().segment());
        rig.start();
        rig.othersAnswer = false;
        rig.stored(100);
        assertThat(rig.store.sizes()).doesNotContainKey(lost.location().segment());
        assertThat(rig.store.check(lost)).isEmpty();
    }

    @Test
    void nothingIsWrittenWhereRecordsAreMissing() throws IOException {
        StoreRig rig = new StoreRig(random);
        rig.stored(100);
        StoredChunk lost = rig.index.all().get(0);
        rig.disk = rig.disk.restart();
        rig.disk.open(lost.location().segment()).truncate(50);
        rig.start();
        rig.stored(100);
        assertThat(rig.store.sizes()).containsEntry(lost.location().segment(), 50L);
    }

    @Test
    void theStartReadsNoMoreOfALargeStoreThanOfASmallOne() {
        long small = readsOfAStart(3);
        long large = readsOfAStart(60);
        // Two operations to open and measure each segment; none to read its records.
        assertThat(large).isLessThanOrEqualTo(small + 2 * 60);
    }

    private long readsOfAStart(int contents) {
        StoreRig rig = new StoreRig(random);
        for (int i = 0; i < contents; i++) {
            rig.stored(500, 500, 500);
        }
        rig.disk = rig.disk.restart();
        rig.start();
        return rig.disk.operations();
    }

    @Test
    void manySmallContentsShareFewSegmentsAndOneForce() {
        StoreRig rig = new StoreRig(random);
        FaultyDisk disk = rig.disk;
        ChunkStore store = new ChunkStore(
                disk, new DiskReserve(disk, OptionalLong.of(0)), Map.of(), Doubt.NONE, Set.of(), SegmentSizes.DEFAULT);
        List<StagedContent> open = new ArrayList<>();
        for (int i = 0; i < 10_000; i++) {
            StagedContent content = store.stage(new ContentId(new UUID(1, i)));
            byte[] bytes = rig.bytes(100);
            content.append(ByteBuffer.wrap(bytes), Checksum.of(ByteBuffer.wrap(bytes)));
            open.add(content);
        }
        assertThat(disk.fileCount()).isEqualTo(1);
        open.forEach(StagedContent::finish);
        long before = disk.operations();
        store.force(open);
        assertThat(disk.operations() - before).isEqualTo(1);
    }
}
