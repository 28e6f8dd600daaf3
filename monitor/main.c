/* naru-monitor: the parent of one container. */
int main (void)
{
  return 1;
}
