package org.craq.node.uploads;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.OptionalLong;
import java.util.UUID;
import org.craq.core.chain.Epoch;
import org.craq.core.chain.Seq;
import org.craq.core.file.FileName;
import org.craq.core.file.Version;
import org.craq.wire.CraqException;
import org.junit.jupiter.api.Test;

class UploadAgesTest {
    private final UploadAges ages = new UploadAges(2);

    private static UploadState upload(long changed) {
        UploadPlan plan = new UploadPlan(
                new FileName("file"),
                UploadMetadata.parse(""),
                OptionalLong.of(10),
                new UploadConditions("", "", ""),
                "",
                false);
        return new UploadState(
                new UploadId(UUID.randomUUID()), plan, new Version(new Epoch(1), new Seq(1)), List.of(), changed);
    }

    private static UploadState completed(UploadState state) {
        return new UploadState(
                state.id(), state.plan().completed(), state.version(), List.of(), state.changedAtMillis() + 1);
    }

    @Test
    void areBoundAndACompleteUploadMakesRoom() {
        UploadState first = upload(1);
        ages.note(first);
        ages.checkRoom();
        ages.note(upload(2));
        assertThatThrownBy(ages::checkRoom)
                .isInstanceOf(CraqException.class)
                .hasMessageContaining("2 uploads have been started");
        ages.note(completed(first));
        ages.checkRoom();
    }

    @Test
    void tellWhichUploadsNobodyHasGoneOnWith() {
        UploadState old = upload(100);
        ages.note(old);
        ages.note(upload(200));
        assertThat(ages.unchangedSince(150)).containsExactly(old.id());
        ages.forget(old.id());
        assertThat(ages.unchangedSince(150)).isEmpty();
    }

    @Test
    void beginAnewInEachEpoch() {
        ages.begin(1);
        ages.note(upload(1));
        ages.end(1);
        assertThat(ages.knows(1)).isTrue();
        assertThat(ages.knows(2)).isFalse();
        ages.begin(2);
        assertThat(ages.size()).isZero();
        ages.end(1);
        assertThat(ages.knows(2)).isFalse();
    }
}
