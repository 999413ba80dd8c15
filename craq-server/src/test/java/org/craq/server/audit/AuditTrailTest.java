package org.craq.server.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.craq.security.Action;
import org.craq.server.audit.AuditedCall.Kind;
import org.craq.wire.CraqException;
import org.craq.wire.ErrorCode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class AuditTrailTest {
    @TempDir
    Path folder;

    private AuditTrail trail(AuditSettings.Reads reads, boolean required) {
        return AuditTrail.begin(
                new AuditSettings(folder.resolve("audit"), reads, 0, required),
                Thread::new,
                new AuditTrail.Origin(Optional.of("blue"), "n1", true));
    }

    private static AuditRecord record() {
        return AuditRecord.ofServer("test", AuditRecord.OK, "");
    }

    private static void await(BooleanSupplier condition) {
        while (!condition.getAsBoolean()) {
            try {
                TimeUnit.MILLISECONDS.sleep(5);
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        }
    }

    private List<JsonObject> lines() throws IOException {
        return AuditFilesTest.chained(folder.resolve("audit"));
    }

    @Test
    void beginAndEndHaveALine() throws IOException {
        AuditTrail trail = trail(AuditSettings.Reads.OFF, false);
        trail.add(record());
        trail.close();
        trail.close();
        assertThat(lines()).extracting(line -> line.getString("action")).containsExactly("start", "test", "stop");
        assertThat(lines().get(0).getString("detail")).isEqualTo("security is on");
        assertThat(trail.lost()).isZero();
    }

    private static AuditedCall request(Kind kind, String action) {
        return new AuditedCall("rest", "10.0.0.1", kind, action);
    }

    @Test
    void refusedCallersDoNotFloodTheTrail() throws IOException {
        AuditTrail trail = trail(AuditSettings.Reads.DENIED, false);
        for (int i = 0; i < RefusedLines.AT_ONCE; i++) {
            request(Kind.READ, "read").ends(trail, "UNAUTHENTICATED", true, "");
        }
        request(Kind.READ, "read").ends(trail, "UNAUTHENTICATED", true, "");
        request(Kind.CHANGE, "write").ends(trail, "INVALID_ARGUMENT", false, "");
        AuditedCall known = request(Kind.CHANGE, "write");
        known.caller("anna", "TOKEN", "");
        known.ends(trail, "PRECONDITION_FAILED", false, "");
        request(Kind.CHANGE, "write").ends(trail, AuditRecord.OK, false, "");
        trail.close();
        List<JsonObject> lines = lines();
        assertThat(lines).hasSize(1 + RefusedLines.AT_ONCE + 4);
        assertThat(lines.subList(lines.size() - 4, lines.size()))
                .extracting(line -> line.getString("outcome"))
                .containsExactly("PRECONDITION_FAILED", AuditRecord.OK, "REFUSED", AuditRecord.OK);
        assertThat(lines.get(lines.size() - 2).getString("detail")).endsWith(": 1 INVALID_ARGUMENT, 1 UNAUTHENTICATED");
        assertThat(trail.lost()).isZero();
    }

    @Test
    void aThreadThatIsInterruptedWritesOn() throws Exception {
        Thread[] writer = new Thread[1];
        AuditTrail trail = AuditTrail.begin(
                new AuditSettings(folder.resolve("audit"), AuditSettings.Reads.OFF, 0, false),
                work -> writer[0] = new Thread(work),
                new AuditTrail.Origin(Optional.empty(), "n1", false));
        for (int i = 0; i < 500; i++) {
            trail.add(record());
            writer[0].interrupt();
        }
        Thread end = new Thread(trail::close);
        end.start();
        for (int i = 0; i < 20; i++) {
            TimeUnit.MILLISECONDS.sleep(1);
            writer[0].interrupt();
        }
        end.join();
        assertThat(writer[0].isAlive()).isFalse();
        assertThat(lines()).hasSize(502);
        assertThat(trail.lost()).isZero();
    }

    /** A file in the place of the directory stands for a disk that fails. */
    @Test
    void whatADiskCantTakeIsWrittenLater() throws IOException {
        Path place = Files.createFile(folder.resolve("audit"));
        AuditTrail trail = trail(AuditSettings.Reads.OFF, true);
        trail.add(record());
        await(() -> !works(trail));
        assertThatThrownBy(trail::requireWorking)
                .isInstanceOfSatisfying(
                        CraqException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.STORAGE_FAILED))
                .hasMessageContaining("craq.audit.required")
                .hasMessageContaining(place.toString());
        Files.delete(place);
        await(() -> works(trail));
        trail.close();
        assertThat(lines()).hasSize(3);
        assertThat(trail.lost()).isZero();
    }

    private static boolean works(AuditTrail trail) {
        try {
            trail.requireWorking();
            return true;
        } catch (CraqException e) {
            return false;
        }
    }

    @Test
    void whatDoesNotFitIsCounted() throws IOException {
        Files.createFile(folder.resolve("audit"));
        AuditTrail trail = trail(AuditSettings.Reads.OFF, false);
        int offered = 3 * AuditTrail.QUEUE;
        for (int i = 0; i < offered; i++) {
            trail.add(record());
        }
        assertThatCode(trail::requireWorking).as("not required").doesNotThrowAnyException();
        assertThat(trail.lost()).isBetween((long) AuditTrail.QUEUE, 2L * AuditTrail.QUEUE + 1);
        trail.close();
        assertThat(trail.lost()).as("with what could never be written").isBetween((long) offered, offered + 2L);
    }

    @Test
    void readsHaveALineAsSet() throws IOException {
        int expected = 0;
        for (AuditSettings.Reads reads : AuditSettings.Reads.values()) {
            expected += switch (reads) {
                case OFF -> 2;
                case DENIED -> 3;
                case ALL -> 4;
            };
            AuditTrail trail = trail(reads, false);
            for (boolean denied : new boolean[] {true, false}) {
                new AuditedCall("rest", "", Kind.READ, "read")
                        .ends(trail, denied ? "PERMISSION_DENIED" : AuditRecord.OK, denied, "");
            }
            trail.close();
            assertThat(lines()).as(reads.name()).hasSize(expected);
        }
    }

    @Test
    void aCallHasOneLineWithWhatItWasToldOfIt() throws IOException {
        AuditTrail trail = trail(AuditSettings.Reads.OFF, false);
        AuditedCall call = new AuditedCall("grpc", "10.0.0.7", Kind.CHANGE, "transaction");
        call.caller("anna", "TOKEN", "");
        call.asks(Action.READ, "a/x");
        call.asks(Action.WRITE, "a/y");
        call.asks(Action.WRITE, "a/y");
        call.asks(Action.DELETE, "b/x");
        call.made("1-2", 7);
        call.ends(trail, AuditRecord.OK, false, "");
        call.ends(trail, "INTERNAL", false, "");
        new AuditedCall("grpc", "", Kind.STEP, "heartbeat").ends(trail, AuditRecord.OK, false, "");
        new AuditedCall("grpc", "", Kind.STEP, "heartbeat").ends(trail, "PERMISSION_DENIED", true, "id");
        trail.close();
        assertThat(lines()).hasSize(4);
        JsonObject line = lines().get(1);
        assertThat(line.getString("user")).isEqualTo("anna");
        assertThat(line.getString("name")).isEqualTo("a/y");
        assertThat(line.getString("version")).isEqualTo("1-2");
        assertThat(line.getString("detail")).isEqualTo("READ a/x, WRITE a/y, DELETE b/x");
        assertThat(line.getInt("bytes")).isEqualTo(7);
        assertThat(lines().get(2).getString("request")).isEqualTo("id");
    }

    @Test
    void aTrailThatIsOffTakesEverything() {
        AuditTrail off = AuditTrail.off();
        off.add(record());
        off.requireWorking();
        off.close();
        assertThat(off.isOn()).isFalse();
        assertThat(off.lost()).isZero();
    }
}
