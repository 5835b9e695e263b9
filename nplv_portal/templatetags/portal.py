from django import template

from nplv_portal.lib import fragments

register = template.Library()
# {% fragment "name.html" value=value %}: like include, but rendered once for the same values
register.simple_tag(fragments.fragment, name="fragment")
