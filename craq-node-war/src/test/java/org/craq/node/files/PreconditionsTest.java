package org.craq.node.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.craq.core.file.FileName;
import org.craq.core.file.Version;
import org.craq.core.replica.Condition;
import org.junit.jupiter.api.Test;

class PreconditionsTest {
    private static final FileName NAME = new FileName("a");

    @Test
    void headersBecomeConditions() {
        assertThat(Preconditions.of(NAME, null, null)).isEmpty();
        assertThat(Preconditions.of(NAME, "\"3-17\"", null))
                .containsExactly(new Condition.IsVersion(NAME, Version.parse("3-17")));
        assertThat(Preconditions.of(NAME, "*", null)).containsExactly(new Condition.Exists(NAME));
        assertThat(Preconditions.of(NAME, null, "*")).containsExactly(new Condition.IsAbsent(NAME));
    }

    @Test
    void aBadHeaderIsNamed() {
        assertThatThrownBy(() -> Preconditions.of(NAME, "3-17", null)).hasMessageContaining("If-Match");
        assertThatThrownBy(() -> Preconditions.of(NAME, "\"x\"", null)).hasMessageContaining("epoch-seq");
        assertThatThrownBy(() -> Preconditions.of(NAME, null, "\"3-17\"")).hasMessageContaining("If-None-Match");
    }

    @Test
    void aReaderThatKnowsTheVersionIsRecognized() {
        Version version = Version.parse("3-17");
        assertThat(Preconditions.known("\"3-16\", \"3-17\"", version)).isTrue();
        assertThat(Preconditions.known("W/\"3-17\"", version)).isTrue();
        assertThat(Preconditions.known("\"3-18\"", version)).isFalse();
        assertThat(Preconditions.known(null, version)).isFalse();
    }
}
