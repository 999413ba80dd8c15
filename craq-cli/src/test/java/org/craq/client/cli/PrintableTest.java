package org.craq.client.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PrintableTest {
    @Test
    void controlCharactersAreShownByNumber() {
        assertThat(Printable.line("plain \u00e9 \ud83d\ude00")).isEqualTo("plain \u00e9 \ud83d\ude00");
        assertThat(Printable.line("a\u001b[31mb\r\n\tc\u007f\u009b2J"))
                .isEqualTo("a\\x1b[31mb\\x0d\\n\\tc\\x7f\\x9b2J");
    }

    @Test
    void whatGoesToErrorsKeepsItsLines() {
        StringWriter written = new StringWriter();
        PrintWriter errors = new PrintWriter(Printable.onto(written), true);
        errors.println("one\u001b]0;x\u0007");
        errors.print("two\n");
        errors.write('\u009b');
        errors.flush();
        assertThat(written).hasToString("one\\x1b]0;x\\x07\ntwo\n\\x9b");
    }

    @Test
    void jsonMeansTheSame() {
        String text = Json.text(Map.of("name", "a\u001b\u007f\u009bb"));
        assertThat(text).isEqualTo("{\"name\":\"a\\u001b\\u007f\\u009bb\"}");
    }
}
