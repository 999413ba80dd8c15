package org.craq.node.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.craq.core.chain.Epoch;
import org.craq.core.file.ContentId;
import org.craq.wire.content.Checksum;
import org.junit.jupiter.api.Test;

/**
 * What the database does not know is kept, whatever happens meanwhile, and is available again once a database that
 * knows it returns.
 */
class SetAsideTest {
    private final StoreRig rig = new StoreRig(new Random(11));

    /** The locations of contents, as a copy of the database has them. */
    private record Copy(List<StoredChunk> chunks, Map<ContentId, List<byte[]>> model) {}

    private Copy copy() {
        return new Copy(rig.index.all(), Map.copyOf(rig.model));
    }

    private void putBack(Copy copy) {
        rig.index.all().forEach(chunk -> rig.index.prune(chunk.content()));
        rig.model.clear();
        rig.model.putAll(copy.model());
        copy.chunks().stream()
                .map(StoredChunk::content)
                .distinct()
                .forEach(content -> rig.index.record(
                        content,
                        copy.chunks().stream()
                                .filter(chunk -> chunk.content().equals(content))
                                .map(StoredChunk::location)
                                .toList()));
    }

    private void restart(Doubt doubt) {
        rig.disk = rig.disk.restart();
        rig.start(doubt);
    }

    private SetAside.Counts counts() {
        return rig.store.setAside().counts();
    }

    /** Writes, deletes, compacts, scrubs and crashes, as during a node's life. */
    private void live() {
        for (int round = 0; round < 6; round++) {
            List<ContentId> fresh = new ArrayList<>();
            for (int i = 0; i < 6; i++) {
                fresh.add(rig.stored(200 + 100 * i));
                fresh.add(rig.stored(3000, 900));
            }
            fresh.subList(0, 9).forEach(rig::prune);
            rig.store.expire(0);
            rig.compact();
            rig.scrub();
            if (round % 2 == 1) {
                rig.crash();
            }
            rig.release(StoreRig.MEMBERS, 6);
            rig.compact();
        }
    }

    @Test
    void whatAnOlderDatabaseDoesNotKnowIsThereAgainWithTheRightOne() {
        rig.stored(300);
        rig.prune(rig.stored(2500));
        rig.stored(2500);
        Copy old = copy();
        rig.stored(100);
        rig.stored(3000, 3000, 50);
        rig.stored(400);
        Copy right = copy();

        putBack(old);
        restart(Doubt.OLD);
        assertThat(counts().bytes()).isGreaterThanOrEqualTo(6_550);
        rig.checkAll();
        live();
        rig.checkAll();

        putBack(right);
        restart(Doubt.OLD);
        rig.checkAll();
        live();
        rig.checkAll();
    }

    @Test
    void aRecordThatWasRecordedLaterThanTheOneBehindItIsKeptAsWell() {
        StagedContent early = rig.upload();
        rig.append(early, 300);
        rig.stored(100);
        Copy old = copy();
        rig.record(List.of(early));
        Copy right = copy();

        putBack(old);
        restart(Doubt.OLD);
        live();
        putBack(right);
        restart(Doubt.OLD);

        rig.checkAll();
    }

    @Test
    void allIsKeptWhereTheDatabaseKnowsNothing() {
        rig.stored(3000, 3000, 50);
        rig.stored(40);
        Copy right = copy();

        putBack(new Copy(List.of(), Map.of()));
        restart(Doubt.LOST);
        rig.store.endSalvage();
        live();
        putBack(right);
        restart(Doubt.OLD);

        rig.checkAll();
    }

    @Test
    void itStaysUntilTheTimeIsOverAndEveryFormerMemberIsComplete() {
        rig.stored(100);
        Copy old = copy();
        rig.stored(3900);
        long all = rig.disk.used();
        putBack(old);
        restart(Doubt.OLD);
        restart(Doubt.NONE);

        rig.release(StoreRig.MEMBERS, 6);
        assertThat(rig.disk.used()).isGreaterThanOrEqualTo(all);
        rig.release(Set.of(StoreRig.SELF), 8);
        assertThat(rig.disk.used()).isGreaterThanOrEqualTo(all);
        assertThat(counts().segments()).isEqualTo(2);
        rig.release(StoreRig.MEMBERS, 8);
        assertThat(rig.store.bytes()).isEqualTo(100 + ChunkHeader.BYTES);
        assertThat(counts()).isEqualTo(SetAside.Counts.NONE);
        rig.checkAll();
    }

    @Test
    void aChangeOfTheChainBeginsTheWaitAnew() {
        StagedContent left = rig.upload();
        rig.append(left, 500);
        restart(Doubt.NONE);
        long half = SetAside.QUIET.toNanos() * 2 / 3;

        release(new Epoch(1), 0);
        release(new Epoch(1), half);
        release(new Epoch(2), half);
        release(new Epoch(2), 2 * half);
        assertThat(counts().bytes()).isEqualTo(500 + ChunkHeader.BYTES);
        rig.store.setAside().release(rig.index, Optional.empty(), 3 * half, Instant.now(), StoreRig.KEEP);
        release(new Epoch(2), 4 * half);
        assertThat(counts().bytes()).isEqualTo(500 + ChunkHeader.BYTES);
        release(new Epoch(2), 6 * half);
        assertThat(counts()).isEqualTo(SetAside.Counts.NONE);
        assertThat(rig.store.bytes()).isZero();
    }

    private void release(Epoch epoch, long nowNanos) {
        Heard heard = new Heard(Map.of(MemoryIndex.CHAIN, epoch), StoreRig.MEMBERS);
        rig.store.setAside().release(rig.index, Optional.of(heard), nowNanos, Instant.now(), StoreRig.KEEP);
    }

    @Test
    void afterThatTheSegmentTakesWritesAgain() {
        rig.stored(100);
        StagedContent left = rig.upload();
        rig.append(left, 100);
        restart(Doubt.NONE);
        rig.stored(10);
        assertThat(rig.store.sizes()).hasSize(2);
        rig.release(StoreRig.MEMBERS, 0);
        rig.crash();
        rig.stored(20);
        rig.stored(3900);

        assertThat(rig.index.all().stream().filter(chunk -> chunk.location().position() == 100 + ChunkHeader.BYTES))
                .isNotEmpty();
        rig.checkAll();
    }

    @Test
    void aTornEndIsCutAtOnceAndOnlyThat() throws IOException {
        rig.stored(100);
        String segment = rig.index.all().get(0).location().segment();
        StagedContent torn = rig.upload();
        rig.append(torn, 300);
        rig.disk = rig.disk.restart();
        rig.disk.open(segment).truncate(140 + 200);
        rig.disk = rig.disk.restart();
        rig.start(Doubt.NONE);

        // The header is intact, so the record may once have been complete.
        assertThat(counts().bytes()).isEqualTo(200);
        rig.disk.open(segment).truncate(140 + ChunkHeader.BYTES - 1);
        rig.disk = rig.disk.restart();
        rig.start(Doubt.NONE);
        assertThat(counts()).isEqualTo(SetAside.Counts.NONE);
        assertThat(rig.store.start().cutBytes()).isEqualTo(ChunkHeader.BYTES - 1);
        rig.checkAll();
    }

    @Test
    void recordsBehindADamagedHeaderAreKept() {
        rig.stored(100);
        Copy old = copy();
        rig.stored(200);
        ContentId behind = rig.stored(300);
        Copy right = copy();
        rig.disk.rot(rig.index.all().get(1).location().segment(), 140);

        putBack(old);
        restart(Doubt.NONE);
        assertThat(rig.store.start().cutBytes()).isZero();
        rig.stored(500);
        rig.compact();
        putBack(right);
        restart(Doubt.NONE);

        assertThat(rig.store.check(rig.index.find(behind, 0).orElseThrow())).isPresent();
    }

    @Test
    void bytesOfAClientThatLookLikeAHeaderDoNoHarm() {
        rig.stored(10);
        ByteBuffer fake = new ChunkHeader(rig.stored(20), 0, 1, 7).encode();
        fake.putInt(24, -1).putInt(36, Checksum.of(fake.duplicate().limit(36)));
        StagedContent content = rig.upload();
        content.append(fake.duplicate(), Checksum.of(fake.duplicate()));
        restart(Doubt.NONE);

        rig.checkAll();
    }

    @Test
    void aListThatIsDamagedKeepsAll() throws IOException {
        rig.stored(100);
        Copy old = copy();
        rig.stored(3900);
        putBack(old);
        restart(Doubt.OLD);
        rig.disk.replace(SetAside.FILE, "craq-set-aside 1\nwhat is this\n".getBytes(StandardCharsets.US_ASCII));
        restart(Doubt.NONE);

        assertThat(counts().segments()).isEqualTo(2);
        assertThat(counts().since()).isPresent();
    }

    @Test
    void whatIsSetAsideBeforeThereWasAMarkStaysForDays() {
        rig.stored(100);
        StagedContent left = rig.upload();
        rig.append(left, 300);
        restart(Doubt.UNPROVEN);
        restart(Doubt.NONE);
        rig.release(StoreRig.MEMBERS, 6);

        assertThat(counts().bytes()).isEqualTo(300 + ChunkHeader.BYTES);
        rig.release(StoreRig.MEMBERS, 8);
        assertThat(counts()).isEqualTo(SetAside.Counts.NONE);
    }

    @Test
    void whatCompactionHasMovedSinceTheCopyIsFoundAgain() {
        StagedContent one = rig.upload();
        rig.append(one, 300);
        ContentId kept = rig.record(List.of(one));
        ContentId dead = rig.stored(500);
        Copy old = copy();
        rig.prune(dead);
        rig.compact();
        assertThat(rig.index.all().get(0).location())
                .isNotEqualTo(old.chunks().get(0).location());

        putBack(new Copy(old.chunks().subList(0, 1), Map.of(kept, old.model().get(kept))));
        restart(Doubt.OLD);
        rig.othersAnswer = false;
        assertThat(rig.store.check(rig.index.all().get(0))).isEmpty();
        rig.scrub.step(1);
        rig.repair.retry();

        assertThat(rig.repair.counts().repaired()).isOne();
        rig.checkAll();
    }

    @Test
    void aFullDiskRefusesUploadsAndGivesNothingBack() {
        rig.stored(100);
        Copy old = copy();
        rig.stored(3900);
        Copy right = copy();
        putBack(old);
        restart(Doubt.OLD);
        rig.disk.leaveFree(500);

        assertThat(rig.survives(rig::upload)).isFalse();
        rig.compact();
        rig.release(StoreRig.MEMBERS, 1);
        rig.disk.heal();
        putBack(right);
        restart(Doubt.OLD);
        rig.checkAll();
    }
}
