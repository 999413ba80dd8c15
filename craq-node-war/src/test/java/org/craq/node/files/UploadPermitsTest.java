package org.craq.node.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.craq.wire.CraqException;
import org.craq.wire.ErrorCode;
import org.junit.jupiter.api.Test;

class UploadPermitsTest {
    /** Has memory for two permits. */
    private final UploadPermits uploads = new UploadPermits(32 << 20);

    private final List<String> called = new ArrayList<>();

    private UploadPermits.Permit take(String name) {
        return uploads.take("", () -> called.add(name));
    }

    @Test
    void noMoreGoOnThanThereIsMemoryForAndTheOthersComeInTheirOrder() {
        UploadPermits.Permit a = take("a");
        UploadPermits.Permit b = take("b");
        take("c");
        take("d");
        assertThat(called).containsExactly("a", "b");
        b.close();
        assertThat(called).containsExactly("a", "b", "c");
        b.close();
        assertThat(called).as("closing twice releases one permit").containsExactly("a", "b", "c");
        a.close();
        assertThat(called).containsExactly("a", "b", "c", "d");
    }

    @Test
    void whoLeavesTheLineTakesNoTurn() {
        UploadPermits.Permit a = take("a");
        take("b");
        take("c").close();
        take("d");
        a.close();
        assertThat(called).containsExactly("a", "b", "d");
    }

    @Test
    void whatCannotWaitIsRefusedAndLeavesTheLine() {
        UploadPermits.Permit a = uploads.takeNow("");
        take("b");
        assertThatThrownBy(() -> uploads.takeNow(""))
                .isInstanceOfSatisfying(
                        CraqException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.OVERLOADED));
        a.close();
        take("c");
        assertThat(called).containsExactly("b", "c");
    }

    @Test
    void whoHasAThreadWaits() throws Exception {
        UploadPermits.Permit a = take("a");
        take("b");
        CompletableFuture<UploadPermits.Permit> waiting = CompletableFuture.supplyAsync(() -> uploads.await(""));
        assertThat(waiting).isNotDone();
        a.close();
        waiting.get(30, TimeUnit.SECONDS).close();
        take("c");
        assertThat(called).containsExactly("a", "b", "c");
    }

    @Test
    void oneGoesOnHoweverLittleMemoryThereIs() {
        new UploadPermits(1).takeNow("").close();
    }

    @Test
    void aLentPermitReleasesNothing() {
        UploadPermits.Permit a = take("a");
        take("b");
        take("c");
        uploads.lent().close();
        assertThat(uploads.othersWait()).isTrue();
        a.close();
        assertThat(uploads.othersWait()).isFalse();
    }

    @Test
    void whoHasHalfOfThePermitsLetsOthersGoFirst() {
        UploadPermits four = new UploadPermits(64 << 20);
        List<UploadPermits.Permit> ofAnna = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            String name = "anna " + i;
            ofAnna.add(four.take("anna", () -> called.add(name)));
        }
        assertThat(called).as("nobody else waits").containsExactly("anna 0", "anna 1", "anna 2", "anna 3");
        called.clear();
        four.take("ben", () -> called.add("ben 0"));
        UploadPermits.Permit second = four.take("ben", () -> called.add("ben 1"));
        four.take("ben", () -> called.add("ben 2"));
        ofAnna.get(0).close();
        ofAnna.get(1).close();
        assertThat(called).containsExactly("ben 0", "ben 1");
        ofAnna.get(2).close();
        assertThat(called).as("both have half, or less").containsExactly("ben 0", "ben 1", "anna 4");
        second.close();
        assertThat(called).containsExactly("ben 0", "ben 1", "anna 4", "ben 2");
        ofAnna.get(3).close();
        assertThat(called).endsWith("anna 5");
    }
}
