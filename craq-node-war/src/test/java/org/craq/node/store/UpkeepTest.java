package org.craq.node.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.craq.core.file.ContentId;
import org.craq.node.store.FaultyDisk.Fault;
import org.craq.wire.CraqException;
import org.junit.jupiter.api.Test;

/** Compaction, scrub and repair, one aspect at a time. */
class UpkeepTest {
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

    private final StoreRig rig = new StoreRig(new Random(5));

    // ---- compaction ----

    @Test
    void aSegmentThatIsMostlyDeadGoesAndWhatLivesInItStays() {
        ContentId kept = rig.stored(1000);
        ContentId dead = rig.stored(2900);
        String segment = segmentOf(kept);
        assertThat(segmentOf(dead)).isEqualTo(segment);
        rig.prune(dead);

        rig.compact();

        assertThat(rig.store.sizes()).doesNotContainKey(segment);
        assertThat(rig.compactor.counts()).isEqualTo(new Compactor.Counts(1, 3980, 1000, 0));
        rig.checkAll();
        rig.crash();
        rig.checkAll();
    }

    @Test
    void aSegmentThatIsMostlyAliveStays() {
        ContentId kept = rig.stored(2500);
        rig.prune(rig.stored(1400));
        rig.compact();
        assertThat(rig.store.sizes()).containsOnlyKeys(segmentOf(kept));
        assertThat(rig.compactor.counts().bytesMoved()).isZero();
    }

    @Test
    void aDeadSegmentIsRemovedWithoutReadingIt() {
        rig.prune(rig.stored(3980));
        long before = rig.disk.operations();
        rig.compact();
        assertThat(rig.disk.operations() - before).as("the deletion alone").isEqualTo(1);
        assertThat(rig.disk.used()).isZero();
    }

    @Test
    void aSegmentWithContentThatIsNotRecordedYetIsLeftAlone() {
        rig.prune(rig.stored(500));
        StagedContent staged = rig.upload();
        rig.append(staged, 100);
        rig.compact();
        rig.record(List.of(staged));
        rig.checkAll();
        assertThat(rig.compactor.counts().segmentsRemoved()).isZero();
    }

    @Test
    void contentThatNobodyExpectsAnyMoreIsDeadAfterAWhile() {
        StagedContent dropped = rig.upload();
        rig.append(dropped, 100);
        dropped.expect();
        dropped.finish();
        rig.store.expire(0);
        assertThat(rig.store.staged(dropped.id())).isPresent();
        dropped.unexpect();
        rig.store.expire(600);
        assertThat(rig.store.staged(dropped.id())).isPresent();
        rig.store.expire(0);
        assertThat(rig.store.staged(dropped.id())).isEmpty();
        rig.compact();
        assertThat(rig.disk.used()).isZero();
    }

    @Test
    void aReaderKeepsTheSegmentThatItHoldsUntilItLetsGo() {
        ContentId read = rig.stored(3000);
        ChunkLocation place = placeOf(read);
        byte[] bytes = rig.model.get(read).get(0);
        SegmentHold hold = rig.store.hold(List.of(place)).orElseThrow();
        rig.prune(read);
        rig.compact();
        assertThat(rig.disk.holds(place, bytes)).isTrue();
        assertThat(rig.store
                        .read(ChunkPart.all(place), hold, ByteBuffer::allocate)
                        .bytes())
                .isEqualTo(ByteBuffer.wrap(bytes));
        assertThat(rig.store.hold(List.of(place))).as("a new hold").isEmpty();
        hold.close();
        hold.close();
        assertThat(rig.disk.used()).isZero();
    }

    @Test
    void aMoveWhoseOutcomeIsUnknownSparesBothPlaces() {
        ContentId kept = rig.stored(1000);
        rig.prune(rig.stored(2900));
        rig.index.answer(MemoryIndex.Answer.LOST);
        rig.compactor.plan();
        assertThatThrownBy(() -> rig.compactor.step(Long.MAX_VALUE)).hasMessage("the database did not answer");
        rig.index.answer(MemoryIndex.Answer.DONE);
        rig.checkAll();
        String copy = segmentOf(kept);
        rig.prune(kept);
        rig.compact();
        assertThat(rig.store.sizes()).as("a commit may still come").containsKey(copy);
    }

    @Test
    void compactionRepairsWhatItFindsDamaged() {
        ContentId kept = rig.stored(1000);
        rig.prune(rig.stored(2900));
        rig.spoil(rig.index.find(kept, 0).orElseThrow());
        rig.compact();
        rig.spoiled.clear();
        rig.checkAll();
        assertThat(rig.compactor.counts().segmentsRemoved()).isEqualTo(1);
    }

    @Test
    void aDamagedChunkThatNobodyElseHasStaysWhereItIs() {
        ContentId kept = rig.stored(1000);
        rig.prune(rig.stored(2900));
        String segment = segmentOf(kept);
        rig.spoil(rig.index.find(kept, 0).orElseThrow());
        rig.othersAnswer = false;
        rig.compact();
        assertThat(rig.store.sizes()).containsKey(segment);
        rig.othersAnswer = true;
        rig.compact();
        assertThat(rig.store.sizes()).doesNotContainKey(segment);
    }

    @Test
    void aSegmentThatLacksRecordsTakesNoWritesWhateverTheCompactorDoes() throws IOException {
        ContentId dead = rig.stored(1200);
        String segment = segmentOf(dead);
        ContentId kept = rig.stored(500);
        assertThat(segmentOf(rig.stored(300))).isEqualTo(segment);
        rig.prune(dead);
        DiskFile file = rig.disk.open(segment);
        file.truncate(placeOf(kept).end());
        file.close();
        rig.disk = rig.disk.restart();
        rig.start();
        rig.othersAnswer = false;
        rig.compact();
        assertThat(rig.store.sizes()).containsKey(segment);
        assertThat(segmentOf(rig.stored(100))).isNotEqualTo(segment);
    }

    // ---- scrub and repair ----

    @Test
    void aScrubRepairsWhatIsDamagedAndCountsIt() {
        rig.stored(500, 500, 500);
        rig.stored(100);
        rig.spoil(rig.index.all().get(1));

        // The scrub meets the repaired chunk again, at its new location.
        assertThat(rig.scrub()).isEqualTo(new Scrub.Pass(false, 4, 1600, 1, 1));
        rig.spoiled.clear();
        rig.checkAll();
        assertThat(rig.repair.counts()).isEqualTo(new ChunkRepair.Counts(1, 1, 0));
        assertThat(rig.scrub().damaged()).isZero();
    }

    @Test
    void aRecordThatIsSoundButAnotherChunksIsDamage() {
        ContentId one = rig.stored(100);
        ContentId other = rig.stored(100);
        StoredChunk mixedUp = new StoredChunk(MemoryIndex.CHAIN, one, 0, placeOf(other));
        assertThat(rig.store.check(mixedUp)).isEmpty();
    }

    @Test
    void whatCannotBeRepairedNowIsRepairedOnceAMemberAnswers() {
        rig.stored(100);
        rig.spoil(rig.index.all().get(0));
        rig.othersAnswer = false;
        assertThat(rig.scrub()).isEqualTo(new Scrub.Pass(false, 0, 0, 1, 0));
        assertThat(rig.repair.counts().waiting()).isEqualTo(1);
        rig.othersAnswer = true;
        rig.repair.retry();
        rig.spoiled.clear();
        rig.checkAll();
        assertThat(rig.repair.counts()).isEqualTo(new ChunkRepair.Counts(1, 1, 0));
    }

    @Test
    void aReaderGetsItsBytesEvenIfTheRepairCannotBeWritten() {
        rig.stored(100);
        StoredChunk chunk = rig.index.all().get(0);
        rig.spoil(chunk);
        rig.index.answer(MemoryIndex.Answer.REFUSED);
        rig.checkRead(chunk);
        rig.index.answer(MemoryIndex.Answer.DONE);
        assertThat(rig.repair.counts().waiting()).isEqualTo(1);
        rig.repair.retry();
        assertThat(rig.repair.counts().waiting()).isZero();
    }

    @Test
    void bytesOfAnotherMemberThatAreWrongAreNotTaken() {
        ContentId content = rig.stored(100);
        rig.spoil(rig.index.all().get(0));
        rig.model.get(content).get(0)[50] ^= 1;
        assertThat(rig.repair.restore(content, 0)).isEmpty();
        assertThat(rig.repair.counts().repaired()).isZero();
    }

    @Test
    void aPassGoesThroughAllSegmentsALittleAtATime() {
        for (int i = 0; i < 20; i++) {
            rig.stored(900, 900);
        }
        rig.scrub.begin();
        int steps = 0;
        while (rig.scrub.running()) {
            assertThat(rig.scrub.step(1000)).isLessThan(2000);
            steps++;
        }
        assertThat(steps).isGreaterThanOrEqualTo(18);
        assertThat(rig.scrub.last().chunks()).isEqualTo(40);
    }

    // ---- when and how fast ----

    private final List<Long> releases = new ArrayList<>();

    private Upkeep upkeep(long compaction, long scrub) {
        return new Upkeep(
                rig.store,
                rig.compactor,
                rig.scrub,
                rig.repair,
                releases::add,
                new Upkeep.Rates(compaction, scrub, 1000),
                0);
    }

    @Test
    void workKeepsToItsRate() {
        for (int i = 0; i < 20; i++) {
            rig.stored(1000);
        }
        Upkeep upkeep = upkeep(0, 1000);
        upkeep.tick(0);
        rig.scrub.begin();
        for (int second = 1; second <= 10; second++) {
            upkeep.tick(second * SECOND);
        }
        assertThat(rig.scrub.current().bytes()).isBetween(9_000L, 11_000L);
        upkeep.tick(1000 * SECOND);
        assertThat(rig.scrub.current().bytes())
                .as("unused allowance is not saved up")
                .isLessThanOrEqualTo(12_000);
    }

    @Test
    void passesBeginByThemselvesUnlessTheScrubIsOff() {
        rig.stored(100);
        Upkeep off = upkeep(0, 0);
        off.tick(3600 * SECOND);
        assertThat(rig.scrub.last().chunks()).isZero();
        rig.scrub.begin();
        off.tick(3601 * SECOND);
        assertThat(rig.scrub.last().chunks()).as("requested").isEqualTo(1);

        rig.start();
        Upkeep on = upkeep(0, 1000);
        on.tick(SECOND);
        assertThat(rig.scrub.last().chunks()).isZero();
        on.tick(3600 * SECOND);
        assertThat(rig.scrub.last().chunks()).isEqualTo(1);
    }

    @Test
    void compactionRunsByItselfUnlessItIsOff() {
        rig.prune(rig.stored(3900));
        upkeep(0, 0).tick(3600 * SECOND);
        assertThat(rig.compactor.counts().segmentsRemoved()).isZero();
        upkeep(1000, 0).tick(3600 * SECOND);
        assertThat(rig.compactor.counts().segmentsRemoved()).isEqualTo(1);
    }

    @Test
    void aFailureOnlyPutsTheWorkOff() {
        rig.stored(1000);
        rig.prune(rig.stored(2900));
        Upkeep upkeep = upkeep(100_000, 0);
        rig.index.answer(MemoryIndex.Answer.REFUSED);
        upkeep.tick(100 * SECOND);
        assertThat(rig.compactor.counts().segmentsRemoved()).isZero();
        rig.index.answer(MemoryIndex.Answer.DONE);
        upkeep.tick(1000 * SECOND);
        assertThat(rig.compactor.counts().segmentsRemoved()).isEqualTo(1);
        rig.checkAll();
    }

    @Test
    void nothingIsDoneAfterAFailedForceOrAfterTheEnd() {
        rig.stored(1000);
        rig.prune(rig.stored(2900));
        Upkeep ended = upkeep(100_000, 0);
        ended.stop();
        ended.tick(1000 * SECOND);
        assertThat(rig.compactor.counts().segmentsRemoved()).isZero();

        StagedContent content = rig.upload();
        rig.append(content, 100);
        rig.disk.failAt(1, Fault.ERROR);
        assertThatThrownBy(() -> rig.store.force(List.of(content))).isInstanceOf(CraqException.class);
        upkeep(100_000, 0).tick(1000 * SECOND);
        assertThat(rig.compactor.counts().segmentsRemoved()).isZero();
    }

    private ChunkLocation placeOf(ContentId content) {
        return rig.index.find(content, 0).orElseThrow().location();
    }

    private String segmentOf(ContentId content) {
        return placeOf(content).segment();
    }
}
