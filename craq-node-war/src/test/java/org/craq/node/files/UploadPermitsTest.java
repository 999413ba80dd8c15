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
        return uploads.take(() -> called.add(name));
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
        UploadPermits.Permit a = uploads.takeNow();
        take("b");
        assertThatThrownBy(uploads::takeNow).isInstanceOfSatisfying(CraqException.class, e -> assertThat(e.code())
                .isEqualTo(ErrorCode.OVERLOADED));
        a.close();
        take("c");
        assertThat(called).containsExactly("b", "c");
    }

    @Test
    void whoHasAThreadWaits() throws Exception {
        UploadPermits.Permit a = take("a");
        take("b");
        CompletableFuture<UploadPermits.Permit> waiting = CompletableFuture.supplyAsync(uploads::await);
        assertThat(waiting).isNotDone();
        a.close();
        waiting.get(30, TimeUnit.SECONDS).close();
        take("c");
        assertThat(called).containsExactly("a", "b", "c");
    }

    @Test
    void oneGoesOnHoweverLittleMemoryThereIs() {
        new UploadPermits(1).takeNow().close();
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
}
