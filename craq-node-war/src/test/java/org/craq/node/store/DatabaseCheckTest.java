package org.craq.node.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import org.craq.core.chain.NodeId;
import org.craq.node.store.FaultyDisk.Crashed;
import org.craq.node.store.FaultyDisk.Fault;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Which databases a node accepts at its start. */
class DatabaseCheckTest {
    private static final Set<NodeId> MEMBERS = Set.of(new NodeId("n1"), new NodeId("n2"));

    private FaultyDisk disk = new FaultyDisk(new Random(3));
    private DatabaseView database = new DatabaseView(Optional.empty(), 0, false);

    @BeforeEach
    void aNodeThatHasRun() throws IOException {
        assertThat(start()).isEqualTo(Doubt.LOST);
        changed(100);
        look(database);
    }

    /** Starts as a node does. */
    private Doubt start() throws IOException {
        DatabaseCheck check = new DatabaseCheck(disk);
        Doubt doubt = check.admit(database);
        check.settle(
                database,
                history -> database = new DatabaseView(Optional.of(history), database.changes(), database.holdsLog()));
        return doubt;
    }

    private void changed(long changes) {
        database = new DatabaseView(database.history(), changes, true);
    }

    private MarkKeeper keeper() {
        return keeper(store());
    }

    private MarkKeeper keeper(ChunkStore store) {
        return new MarkKeeper(store, database.history().orElseThrow(), () -> database, () -> MEMBERS);
    }

    private ChunkStore store() {
        return new ChunkStore(disk, new DiskReserve(disk, OptionalLong.of(0)), Map.of(), Doubt.NONE, Set.of());
    }

    private void look(DatabaseView now) throws IOException {
        database = now;
        keeper().look();
    }

    private void accept() throws IOException {
        disk.create(DatabaseCheck.ACCEPT).close();
    }

    private void assertRefused(String why) {
        UUID before = database.history().orElse(new UUID(0, 0));
        assertThatThrownBy(this::start)
                .isInstanceOf(DatabaseRefusedException.class)
                .hasMessageContaining(why)
                .hasMessageContaining("Nothing on the disk was touched")
                .hasMessageContaining("accept-database");
        assertThat(database.history().orElse(new UUID(0, 0))).isEqualTo(before);
    }

    @Test
    void theDatabaseThatTheDiskHasSeenIsTaken() throws IOException {
        assertThat(start()).isEqualTo(Doubt.NONE);
        changed(200);
        assertThat(start()).isEqualTo(Doubt.NONE);
        assertThat(new DatabaseCheck(disk).members()).isEqualTo(MEMBERS);
    }

    @Test
    void anOlderCopyIsRefusedAndTheRightOneTakenAgain() throws IOException {
        DatabaseView right = database;
        changed(99);
        assertRefused("older than this node's disk: it knows 99 changes of the node's data, but the disk had seen 100");
        database = right;
        assertThat(start()).isEqualTo(Doubt.NONE);
    }

    @Test
    void anotherDatabaseIsRefused() {
        database = new DatabaseView(Optional.of(new UUID(1, 2)), 5000, true);
        assertRefused("not the one that this node's disk has last seen");
        database = new DatabaseView(Optional.empty(), 5000, true);
        assertRefused("not the one that this node's disk has last seen");
    }

    @Test
    void whoWantsTheOlderOneSaysSoOnceAndTheOtherIsRefusedFromThenOn() throws IOException {
        DatabaseView right = database;
        changed(90);
        accept();
        assertThat(start()).isEqualTo(Doubt.OLD);
        assertThat(disk.list()).doesNotContain(DatabaseCheck.ACCEPT);
        assertThat(start()).isEqualTo(Doubt.NONE);
        changed(5000);
        look(database);

        database = right;
        assertRefused("not the one that this node's disk has last seen");
        accept();
        assertThat(start()).isEqualTo(Doubt.OLD);
        assertThat(start()).isEqualTo(Doubt.NONE);
    }

    @Test
    void oneThatKnowsNothingIsTakenAsLostAndIsAnotherFromThenOn() throws IOException {
        DatabaseView right = database;
        database = new DatabaseView(Optional.empty(), 0, false);
        assertThat(start()).isEqualTo(Doubt.LOST);
        changed(10);
        assertThat(start()).isEqualTo(Doubt.NONE);

        database = right;
        assertRefused("not the one that this node's disk has last seen");
    }

    @Test
    void rowsThatAreLostAloneAreTakenAsLost() throws IOException {
        database = new DatabaseView(database.history(), 0, false);
        assertThat(start()).isEqualTo(Doubt.LOST);
    }

    @Test
    void aDirectoryWithoutAMarkIsBelievedAndGetsOne() throws IOException {
        disk.delete(StoreMark.FILE);
        database = new DatabaseView(Optional.empty(), 500, true);
        assertThat(start()).isEqualTo(Doubt.UNPROVEN);
        assertThat(start()).isEqualTo(Doubt.NONE);
        changed(499);
        assertRefused("older");
    }

    @Test
    void aDamagedMarkProvesNothing() throws IOException {
        disk.replace(StoreMark.FILE, "craq-mark 1\nhistory".getBytes(StandardCharsets.US_ASCII));
        assertRefused("is damaged");
        accept();
        assertThat(start()).isEqualTo(Doubt.OLD);
    }

    @Test
    void aMarkIsReadAsItWasWritten() {
        StoreMark mark = new StoreMark(
                new UUID(1, 2), Optional.of(new UUID(3, 4)), 77, Instant.parse("2026-01-02T03:04:05.678Z"), MEMBERS);
        assertThat(StoreMark.decode(mark.encode())).contains(mark);
        StoreMark alone = new StoreMark(new UUID(1, 2), Optional.empty(), 0, Instant.EPOCH, Set.of());
        assertThat(StoreMark.decode(alone.encode())).contains(alone);
        byte[] bytes = mark.encode();
        for (int i = 0; i < bytes.length - 1; i++) {
            byte[] damaged = bytes.clone();
            damaged[i] ^= 1;
            assertThat(StoreMark.decode(damaged)).as("byte %s", i).isEmpty();
        }
    }

    @Test
    void aCrashAtAnyMomentOfTheDecisionLeavesOneThatTheNextStartComesToAsWell() throws IOException {
        for (int at = 1; at <= 12; at++) {
            disk = new FaultyDisk(new Random(at));
            database = new DatabaseView(Optional.empty(), 0, false);
            aNodeThatHasRun();
            changed(90);
            accept();
            disk.forceNames();
            disk.failAt(at, Fault.CRASH);
            try {
                start();
            } catch (Crashed e) {
                disk = disk.crash();
            }
            disk.heal();
            Doubt next = start();
            assertThat(next).as("crash at %s", at).isIn(Doubt.OLD, Doubt.NONE);
            assertThat(start()).isEqualTo(Doubt.NONE);
        }
    }

    @Test
    void aDatabaseThatGoesBackUnderARunningNodeEndsIt() throws IOException {
        ChunkStore store = store();
        MarkKeeper keeper = keeper(store);
        keeper.look();
        assertThat(store.failure()).isEmpty();
        changed(99);
        keeper.look();
        assertThat(store.failure()).contains("gone back in time");
    }

    @Test
    void aMarkThatCanNotBeWrittenIsWrittenLater() throws IOException {
        MarkKeeper keeper = keeper();
        keeper.look();
        changed(300);
        disk.failAt(1, Fault.FULL);
        assertThatThrownBy(keeper::look).isInstanceOf(IOException.class);
        keeper.look();
        changed(299);
        assertRefused("had seen 300");
    }
}
