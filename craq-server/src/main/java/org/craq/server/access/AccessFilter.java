package org.craq.server.access;

import jakarta.annotation.Priority;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.Priorities;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerRequestFilter;
import jakarta.ws.rs.container.ResourceInfo;
import jakarta.ws.rs.core.Context;
import java.lang.reflect.Method;
import org.craq.security.Action;
import org.craq.security.Caller;
import org.craq.wire.CraqException;
import org.craq.wire.ErrorCode;

/** Asks for each REST request, before its body is read, whether the caller may make it. */
@Priority(Priorities.AUTHORIZATION)
public abstract class AccessFilter implements ContainerRequestFilter {
    @Context
    private ResourceInfo resource;

    @Context
    private HttpServletRequest request;

    /** Returns the gate of this deployment. */
    protected abstract Access access();

    @Override
    public void filter(ContainerRequestContext context) {
        Access access = access();
        // Answers to OPTIONS that JAX-RS makes by itself have no resource method, and tell nothing but methods.
        if (context.getMethod().equals("OPTIONS")) {
            return;
        }
        Needs needs = needs(resource.getResourceMethod());
        if (!access.isOn()) {
            if (needs != null && needs.action() == Action.MANAGE_USERS) {
                throw new CraqException(
                        ErrorCode.NOT_FOUND, "security is off on this server, so there are no users to manage");
            }
            return;
        }
        if (needs == null) {
            // A test finds such resources; if one slips through it must not be open.
            throw new CraqException(ErrorCode.PERMISSION_DENIED, "nobody may call this: it declares no action");
        }
        if (needs.value() == Needs.What.NOTHING) {
            return;
        }
        Caller caller = RequestCaller.of(request, access);
        if (needs.value() == Needs.What.ACTION) {
            access.require(caller, needs.action(), "");
        }
    }

    /** Returns what a resource method declares, itself or by its class; null if nothing. */
    public static Needs needs(Method method) {
        Needs own = method.getAnnotation(Needs.class);
        return own == null ? method.getDeclaringClass().getAnnotation(Needs.class) : own;
    }
}
