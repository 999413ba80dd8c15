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

class LongUploadsTest {
    /** Memory for two. */
    private final LongUploads uploads = new LongUploads(32 << 20);

    private final List<String> called = new ArrayList<>();

    private LongUploads.Turn take(String name) {
        return uploads.take(() -> called.add(name));
    }

    @Test
    void noMoreGoOnThanThereIsMemoryForAndTheOthersComeInTheirOrder() {
        LongUploads.Turn a = take("a");
        LongUploads.Turn b = take("b");
        take("c");
        take("d");
        assertThat(called).containsExactly("a", "b");
        b.close();
        assertThat(called).containsExactly("a", "b", "c");
        b.close();
        assertThat(called).as("once ended, ended").containsExactly("a", "b", "c");
        a.close();
        assertThat(called).containsExactly("a", "b", "c", "d");
    }

    @Test
    void whoLeavesTheLineTakesNoTurn() {
        LongUploads.Turn a = take("a");
        take("b");
        take("c").close();
        take("d");
        a.close();
        assertThat(called).containsExactly("a", "b", "d");
    }

    @Test
    void whatCannotWaitIsRefusedAndLeavesTheLine() {
        LongUploads.Turn a = uploads.takeNow();
        take("b");
        assertThatThrownBy(uploads::takeNow).isInstanceOfSatisfying(CraqException.class, e -> assertThat(e.code())
                .isEqualTo(ErrorCode.OVERLOADED));
        a.close();
        take("c");
        assertThat(called).containsExactly("b", "c");
    }

    @Test
    void whoHasAThreadWaits() throws Exception {
        LongUploads.Turn a = take("a");
        take("b");
        CompletableFuture<LongUploads.Turn> waiting = CompletableFuture.supplyAsync(uploads::await);
        assertThat(waiting).isNotDone();
        a.close();
        waiting.get(30, TimeUnit.SECONDS).close();
        take("c");
        assertThat(called).containsExactly("a", "b", "c");
    }

    @Test
    void oneGoesOnHoweverLittleMemoryThereIs() {
        new LongUploads(1).takeNow().close();
    }
}
