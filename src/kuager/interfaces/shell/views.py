"""Sign-in, language and error pages."""

from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import LoginView, LogoutView
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.decorators import method_decorator
from django.views import i18n

from kuager.interfaces.shell.vaults import lock_vault


@method_decorator(login_not_required, name="dispatch")
class SignInView(LoginView):
    """Ask for name and password."""

    template_name = "shell/sign_in.html"
    redirect_authenticated_user = True


@method_decorator(login_not_required, name="dispatch")
class SignOutView(LogoutView):
    """End the session, and let the keys of the vault go with it."""

    def post(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        """Lock the vault before the session that names its keys is gone."""
        if request.user.is_authenticated:
            lock_vault(request, how="signed out")
        return super().post(request, *args, **kwargs)


@login_not_required
def set_language(request: HttpRequest) -> HttpResponse:
    """Remember the language and show the same page in it."""
    return i18n.set_language(request)


@login_not_required
def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Say that there is no such page, and nothing about what there is."""
    return render(request, "shell/not_found.html", status=404)


@login_not_required
def failed(request: HttpRequest) -> HttpResponse:
    """Say that we failed, without any detail."""
    return render(request, "shell/failed.html", status=500)
