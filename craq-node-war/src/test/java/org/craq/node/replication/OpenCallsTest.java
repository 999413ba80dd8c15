package org.craq.node.replication;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class OpenCallsTest {
    @Test
    void anAnswerReachesItsCallOnce() {
        OpenCalls<String> calls = new OpenCalls<>(60, "too late");
        CompletableFuture<String> one = new CompletableFuture<>();
        CompletableFuture<String> other = new CompletableFuture<>();
        long token = calls.open(one);
        calls.open(other);
        calls.complete(token, "first");
        calls.complete(token, "second");
        assertThat(one).isCompletedWithValue("first");
        assertThat(other).isNotDone();
    }

    @Test
    void aCallWhoseTimeIsOverGetsTheOtherAnswer() {
        OpenCalls<String> calls = new OpenCalls<>(0, "too late");
        CompletableFuture<String> call = new CompletableFuture<>();
        long token = calls.open(call);
        calls.expire();
        calls.complete(token, "late");
        assertThat(call).isCompletedWithValue("too late");
    }

    @Test
    void aCallWhoseTimeIsNotOverStaysOpen() {
        OpenCalls<String> calls = new OpenCalls<>(60, "too late");
        CompletableFuture<String> call = new CompletableFuture<>();
        calls.open(call);
        calls.expire();
        assertThat(call).isNotDone();
    }
}
