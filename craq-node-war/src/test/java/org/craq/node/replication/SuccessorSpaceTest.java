package org.craq.node.replication;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.craq.wire.CraqException;
import org.craq.wire.ErrorCode;
import org.junit.jupiter.api.Test;

class SuccessorSpaceTest {
    private final AtomicLong now = new AtomicLong();
    private final SuccessorSpace room = new SuccessorSpace(now::get);

    private void assertFull() {
        assertThatThrownBy(room::check).isInstanceOfSatisfying(CraqException.class, e -> {
            assertThat(e.code()).isEqualTo(ErrorCode.STORAGE_FULL);
            assertThat(e).hasMessage("the tail is full");
        });
    }

    private void assertRoom() {
        assertThatCode(room::check).doesNotThrowAnyException();
    }

    @Test
    void takesAllWhileNobodyHasRefused() {
        assertRoom();
        assertRoom();
    }

    @Test
    void letsOneThroughNowAndThenAfterARefusal() {
        room.full(new CraqException(ErrorCode.STORAGE_FULL, "the tail is full"));
        assertFull();
        now.addAndGet(TimeUnit.SECONDS.toNanos(2));
        assertRoom();
        assertFull();
        now.addAndGet(TimeUnit.SECONDS.toNanos(1));
        assertFull();
    }

    @Test
    void takesAllAgainOnceAPushWasTaken() {
        room.full(new CraqException(ErrorCode.STORAGE_FULL, "the tail is full"));
        room.taken();
        assertRoom();
        assertRoom();
    }

    @Test
    void isSureOfRoomForAWhileAfterAPushWasTaken() {
        assertThat(room.sure()).as("no push was attempted").isFalse();
        room.taken();
        assertThat(room.sure()).isTrue();
        now.addAndGet(TimeUnit.SECONDS.toNanos(1));
        assertThat(room.sure()).as("too long ago").isFalse();
        room.taken();
        room.full(new CraqException(ErrorCode.STORAGE_FULL, "the tail is full"));
        assertThat(room.sure()).isFalse();
    }
}
