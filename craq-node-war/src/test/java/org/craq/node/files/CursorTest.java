package org.craq.node.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.craq.core.file.FileName;
import org.craq.node.metadata.NamePrefix;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CursorTest {
    @Test
    void goesOnAfterAName() {
        assertThat(Cursor.decode(Cursor.after(new FileName("ä %_/ü")))).isEqualTo("ä %_/ü");
        assertThat(Cursor.decode("")).isEmpty();
    }

    @Test
    void goesOnAfterAllNamesOfAGroup() {
        String after = Cursor.decode(Cursor.afterGroup("a/"));

        assertThat(after).isGreaterThan("a/zzz").isLessThan("a0");
        assertThat(after).isEqualTo(NamePrefix.last("a/"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"!", "a", "_w", "AA", "AAE", "YS8"})
    void refusesWhatNoListingGave(String cursor) {
        assertThatThrownBy(() -> Cursor.decode(cursor)).hasMessageContaining("cursor");
    }
}
